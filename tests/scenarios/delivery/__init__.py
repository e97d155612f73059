"""Scenarios of the way from the alert to the message: Telegram, RQ and Redis at their worst."""
