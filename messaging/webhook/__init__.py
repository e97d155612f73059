"""The webhook channel: bodies, signatures, and allowed addresses."""
