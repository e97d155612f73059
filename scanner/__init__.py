"""The scanner program: from the chain to activities and alerts in PostgreSQL."""
