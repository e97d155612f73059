"""Webhooks of chats, what is pushed to them, and how that went."""
