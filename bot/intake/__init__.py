"""How updates come in: by webhook or polling, stored first, then handled in order per chat."""
