"""Paper campaigns: stored, and advanced by stored trades."""
