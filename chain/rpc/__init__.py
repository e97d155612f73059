"""Asks nodes over HTTP: a pool of providers, and one module for each group of requests."""
