"""How many messages a second Telegram takes of one bot (https://core.telegram.org/bots/faq)."""

FREE_RATE = 30.0
"""Without payment; what goes beyond must allow to be paid for."""
PAID_RATE = 1000.0
