"""Every metric there is, declared once. Programs import the ones they feed; `monitor.py` serves them.

Names follow Prometheus: base units, `_total` for what only grows, `_seconds` for times. Labels take few
values and never a user, a chat, a wallet or a URL.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

REGISTRY = CollectorRegistry(auto_describe=False)
"""Ours alone, so that what is served is what stands in this file."""

_FAST = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_NOTIFY = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 7.5, 10.0, 15.0, 30.0, 60.0, 300.0)

# Chain to activity
ingest_slot_lag = Gauge(
    "ingest_slot_lag",
    "Slots between the newest one known and the one the cursor stands at.",
    registry=REGISTRY,
)
ingest_last_event_age_seconds = Gauge(
    "ingest_last_event_age_seconds",
    "Time since the source last said anything.",
    ("source",),
    registry=REGISTRY,
)
ingest_gap_slots_open = Gauge("ingest_gap_slots_open", "Slots missed and not yet fetched.", registry=REGISTRY)
ingest_gap_backfilled = Counter(
    "ingest_gap_backfilled", "Transactions that only the reconciliation found.", registry=REGISTRY
)
ingest_sampled_blocks = Counter(
    "ingest_sampled_blocks", "Blocks read to check what lists of signatures told.", registry=REGISTRY
)
ingest_untold = Counter(
    "ingest_untold", "Activities in sampled blocks of which no list told.", registry=REGISTRY
)
ingest_quarantined = Counter(
    "ingest_quarantined", "Transactions put aside because they could not be read.", registry=REGISTRY
)
ingest_hints_dropped = Counter(
    "ingest_hints_dropped",
    "Notifications left to the reconciliation, too many being under way.",
    registry=REGISTRY,
)
ingest_reconnects = Counter(
    "ingest_reconnects", "Streams that were opened anew.", ("source",), registry=REGISTRY
)
batch_queue_entries = Gauge(
    "batch_queue_entries", "Batches that wait in Redis for processors.", registry=REGISTRY
)
batch_queue_bytes = Gauge(
    "batch_queue_bytes", "Memory that waiting batches take in Redis, by its estimate.", registry=REGISTRY
)
batch_oldest_seconds = Gauge(
    "batch_oldest_seconds", "Age of the oldest batch of this collector not yet stored.", registry=REGISTRY
)
batch_losses = Counter(
    "batch_losses", "Times that batches were lost on the way and the chain was read again.", registry=REGISTRY
)
transaction_batches = Counter(
    "transaction_batches",
    "Batches taken by processors: stored, known already, beyond a gap, or no batches.",
    ("outcome",),
    registry=REGISTRY,
)
processor_partitions = Gauge(
    "processor_partitions", "Partitions of wallets that this processor has.", registry=REGISTRY
)
rpc_requests = Counter(
    "rpc_requests", "Requests to nodes, by outcome.", ("provider", "method", "code"), registry=REGISTRY
)
rpc_request_seconds = Histogram(
    "rpc_request_seconds", "Time a node took to answer.", ("method",), buckets=_FAST, registry=REGISTRY
)
rpc_breaker_state = Gauge(
    "rpc_breaker_state", "0: in use, 1: on trial, 2: avoided.", ("provider",), registry=REGISTRY
)
rpc_connections = Gauge("rpc_connections", "Requests to a node under way.", ("provider",), registry=REGISTRY)
rpc_transaction_version = Gauge(
    "rpc_transaction_version",
    "The newest transaction version that nodes are asked for; above 1, one has appeared.",
    registry=REGISTRY,
)
events = Counter("events", "Activities stored, by kind.", ("kind",), registry=REGISTRY)
events_duplicate = Counter("events_duplicate", "Activities that were stored already.", registry=REGISTRY)
alerts = Counter("alerts", "Alerts stored, by kind.", ("kind",), registry=REGISTRY)

alerts_reverted = Counter(
    "alerts_reverted", "Alerts taken back because their transaction died with its fork.", registry=REGISTRY
)

# Alert to chat
decisions = Counter(
    "decisions", "Whether a chat wants an alert, by the gate that decided.", ("gate",), registry=REGISTRY
)
outbox_pending = Gauge("outbox_pending", "Deliveries waiting to be sent.", registry=REGISTRY)
outbox_oldest_pending_seconds = Gauge(
    "outbox_oldest_pending_seconds", "Age of the oldest delivery waiting to be sent.", registry=REGISTRY
)
notify = Counter("notify", "Deliveries tried, by outcome.", ("outcome",), registry=REGISTRY)
notify_ambiguous = Counter(
    "notify_ambiguous", "Messages whose answer was lost: Telegram may have sent them.", registry=REGISTRY
)
telegram_fallbacks = Counter(
    "telegram_fallbacks",
    "Messages sent once more: plain (no markup), general (topic is gone), repeat (reply unconfirmed).",
    ("way",),
    registry=REGISTRY,
)
notify_grouped = Counter(
    "notify_grouped", "Deliveries that were told in a message with others.", registry=REGISTRY
)
notices = Counter(
    "notices",
    "Notices tried (outages, corrections of alerts), by outcome.",
    ("kind", "outcome"),
    registry=REGISTRY,
)
outages_announced = Counter(
    "outages_announced", "Outages of which all chats were addressed.", registry=REGISTRY
)
notify_latency_seconds = Histogram(
    "notify_latency_seconds", "From block time to accepted by Telegram.", buckets=_NOTIFY, registry=REGISTRY
)
telegram_requests = Counter(
    "telegram_requests", "Calls of the Bot API, by outcome.", ("method", "code"), registry=REGISTRY
)
telegram_request_seconds = Histogram(
    "telegram_request_seconds", "Time Telegram took to answer.", ("method",), buckets=_FAST, registry=REGISTRY
)
telegram_retry_after_seconds = Histogram(
    "telegram_retry_after_seconds", "Waits that Telegram ordered.", buckets=_NOTIFY, registry=REGISTRY
)
telegram_limiter_wait_seconds = Histogram(
    "telegram_limiter_wait_seconds",
    "Waits before sending, to stay within limits.",
    buckets=_FAST,
    registry=REGISTRY,
)

# Chat to reply
webhook_updates = Counter(
    "webhook_updates", "Updates received: stored, repeated, refused.", ("result",), registry=REGISTRY
)
updates_handled = Counter(
    "updates_handled", "Updates handled: done, failed.", ("outcome",), registry=REGISTRY
)
update_seconds = Histogram(
    "update_seconds", "From an update stored to it handled.", buckets=_FAST, registry=REGISTRY
)
updates_pending = Gauge("updates_pending", "Updates stored and not yet handled.", registry=REGISTRY)

# PostgreSQL
db_retries = Counter(
    "db_retries", "Transactions that were begun again, by what ended them.", ("error",), registry=REGISTRY
)

# Jobs and leases
rq_jobs = Gauge("rq_jobs", "Jobs in a queue, by state.", ("queue", "state"), registry=REGISTRY)
jobs_handled = Counter(
    "jobs_handled", "Jobs done, by queue and outcome.", ("queue", "outcome"), registry=REGISTRY
)
lease_epoch = Gauge(
    "lease_epoch", "Epoch of a lease we hold; 0 when another holds it.", ("lease",), registry=REGISTRY
)


def exposition() -> bytes:
    """All metrics in Prometheus' text format."""
    return generate_latest(REGISTRY)
