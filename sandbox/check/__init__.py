"""The proof that the whole system works: followers, whales, the real programs, and a judge."""
