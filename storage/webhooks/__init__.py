"""Webhooks of chats, their pushes, and the results."""
