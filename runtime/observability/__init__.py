"""Metrics, logs, and what keeps secrets out of both."""
