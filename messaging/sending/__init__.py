"""Hands what is due to a channel, within its limits, in order, once."""
