"""How programs start, run, are supervised and end."""
