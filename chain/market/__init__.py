"""What accounts say of tokens: bytes in, facts out."""
