"""What processes share: leases, heartbeats, limits, queues, wake-ups."""
