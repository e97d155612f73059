"""Security scans: facts, checks, grade. Pure."""
