"""Patterns: found in what the fan-out noted, and told once."""
