"""What a wallet has made of its tokens: a fold over what it did, in whole units, nothing guessed. Pure."""
