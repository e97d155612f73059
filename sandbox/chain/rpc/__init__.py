"""JSON-RPC over HTTP: requests are read, dispatched to methods, and answered."""
