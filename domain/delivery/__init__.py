"""Deliveries and system messages: their states and what follows from each result. Pure."""
