"""Activities, alerts and cursors stored in one transaction, then announced."""
