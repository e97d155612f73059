"""Those who trade on the local chain: whales with habits, retail, a spammer, a volume bot."""
