"""Periodic work on wallets: moves, holdings of people, scores of whales."""
