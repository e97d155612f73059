"""Telegram with somebody in it, servers, and worker processes."""

from tests.messaging.conftest import alice, methods, telegram
from tests.workers.conftest import database, queues, redis_client, testbed

__all__ = ["alice", "database", "methods", "queues", "redis_client", "telegram", "testbed"]
