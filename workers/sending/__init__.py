"""The senders of messages and of pushes, and the outbox of the latter."""
