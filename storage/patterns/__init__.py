"""Patterns: found in what the fan-out recorded, and alerted once."""
