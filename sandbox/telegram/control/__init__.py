"""The HTTP interface of the sandbox itself: ledger, faults, limits, and what people do."""
