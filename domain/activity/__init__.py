"""What a wallet did: amounts, addresses, values. Pure."""
