"""What is known of tokens and prices, and what followed wallets hold."""
