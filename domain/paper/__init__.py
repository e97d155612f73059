"""Paper campaigns: what following a wallet would have made, with virtual money. Nothing is ever traded."""
