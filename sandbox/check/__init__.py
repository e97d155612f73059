"""The check of the whole system: followers and whales use the real programs, and each message is judged."""
