"""Subscriptions over WebSocket: who subscribed to what, and the notifications of each block."""
