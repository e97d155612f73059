"""Storage of the web: sessions, API keys, idempotent requests, and the alert feed."""
