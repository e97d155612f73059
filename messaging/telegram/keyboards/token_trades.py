"""The buttons of /trades. Pure."""

TRADES_END = "endtr"
"""Verb of a button that ends the following of its argument's trades, a mint."""
