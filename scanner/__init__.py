"""Chain to activity to alert: a live stream for speed, reconciliation by blocks for completeness."""
