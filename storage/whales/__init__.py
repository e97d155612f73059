"""Whale searches and the addresses they found."""
