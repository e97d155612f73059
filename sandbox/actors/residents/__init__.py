"""Everybody who acts on the chain: their keys, their schedule, and what they are at any time."""
