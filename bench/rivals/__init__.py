"""Bots of other frameworks that answer /help, each run in an environment of its own beside ours."""
