"""The local chain: LiteSVM behind Solana's JSON-RPC and WebSocket protocols, with faults on demand."""
