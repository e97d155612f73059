"""What a worker finds out about wallets by the clock: moves, what people hold, what whales have made."""
