"""What an operator may set: read once, completely and loudly."""
