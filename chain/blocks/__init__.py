"""Whole blocks against the watched wallets: prefiltered, matched, decoded."""
