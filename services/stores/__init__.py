"""Stores, one for each kind of data kept for people."""
