"""From an intent to a signed transaction: instructions, exact amounts, compute budget."""
