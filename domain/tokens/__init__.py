"""Tokens that people know by name, and names that only look like theirs. Pure."""
