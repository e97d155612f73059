"""All that outlives a process: tables in PostgreSQL, keys in Redis, queues in RQ; one folder for each part.

admin ──> delivery ──> chats ──> ingest, market, scans, whales ──> coordination ──> postgres, redis, keys
"""
