"""Webhooks as a channel: what is pushed, how it is signed, and to which addresses it may go."""
