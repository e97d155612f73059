"""Sends due deliveries by a channel, within its limits, in order, once."""
