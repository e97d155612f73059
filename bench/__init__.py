"""Benchmarks and soaks: `make bench`, `make soak`."""
