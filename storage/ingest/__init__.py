"""What scanners store: activities, cursors, outages, the quarantine."""
