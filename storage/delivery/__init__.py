"""Alerts on their way to chats: fan-out, the outbox, digests, what became of them."""
