"""Alerts: their kinds, and one type of event for each."""
