"""The dispatcher's stages: each does what is due, and may be repeated. Their table: workers/dispatcher.py."""
