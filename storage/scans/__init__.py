"""Results of security scans and of balance readings."""
