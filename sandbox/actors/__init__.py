"""Who trades on the local chain: whales with a strategy each, retail, spammers and a volume bot."""
