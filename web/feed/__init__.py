"""The feed: alerts as they appear, to open pages and programs (server-sent events)."""
