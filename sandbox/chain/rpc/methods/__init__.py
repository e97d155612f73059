"""The RPC methods, grouped as Solana's documentation groups them."""
