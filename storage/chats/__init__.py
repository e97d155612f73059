"""Chats and people: what they follow, what they set, what they sent."""
