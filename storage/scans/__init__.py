"""Results of security scans and balance readings, whale searches and their finds."""
