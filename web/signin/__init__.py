"""Signing in: by a link out of the private chat, or as the person who opened the Mini App."""
