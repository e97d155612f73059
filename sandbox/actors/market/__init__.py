"""Tokens, the pools they trade in, and what a pool pays."""
