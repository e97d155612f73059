"""What a wallet did in a transaction: values in, values out. Decoders do not know each other."""
