"""Access to Solana: nodes, JSON parsing, decoders, mints and token accounts."""
