"""Persistent state: tables in PostgreSQL, keys in Redis, queues in RQ; one folder per topic.

admin ──> delivery ──> chats ──> ingest, market, scans, whales ──> coordination ──> postgres, redis, keys
"""
