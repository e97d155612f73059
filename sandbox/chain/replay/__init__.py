"""Recorded blocks, transactions and accounts of another chain, served beside the chain's own."""
