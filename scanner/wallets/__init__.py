"""The watched wallets of this scanner, and the token accounts that belong to them."""
