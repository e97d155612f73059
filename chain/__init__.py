"""What is read from Solana: nodes, the JSON border, decoders, mints and token accounts."""
