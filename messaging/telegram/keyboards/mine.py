"""The buttons of /mine. Pure."""

FORGET_MINE = "unmine"
"""Verb of a button that forgets its argument, an own address."""
