"""What the chain keeps of a transaction: message, outcome, and why one was rejected."""
