"""Coordination between processes: leases, heartbeats, limits, queues, wake-ups."""
