"""The chat page: its files, what it reads, and its stream of events."""
