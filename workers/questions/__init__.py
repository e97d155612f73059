"""Questions of people: one job for all kinds, and one module with the answer of each kind."""
