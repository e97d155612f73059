"""The outbox of pushes: what senders claim of it, and what became of that."""
