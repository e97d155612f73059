"""A node's WebSocket: one connection per provider, its subscriptions and its messages."""
