"""What followed wallets do together, or unlike themselves: pure detectors over what was seen of them."""
