"""Every metric, declared once; programs import what they feed, `runtime/processes/health.py` serves all.

Names follow Prometheus: base units, `_total` for what only grows, `_seconds` for times. Labels take few
values and never a user, a chat, a wallet or a URL.
"""

from __future__ import annotations

from functools import partial

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    ProcessCollector,
    generate_latest,
)

from runtime.observability.histograms import BufferedHistogram

REGISTRY = CollectorRegistry(auto_describe=False)
"""Holds the metrics of this file alone, without those that the library registers by itself."""
NAMESPACE = "whale_watcher"
"""The prefix of every name: `whale_watcher_rpc_requests_total`."""
process = ProcessCollector(namespace=NAMESPACE, registry=REGISTRY)
"""Memory, processor time and open files of this process, read when it is asked: `..._process_*`."""

_counter = partial(Counter, registry=REGISTRY, namespace=NAMESPACE)
_gauge = partial(Gauge, registry=REGISTRY, namespace=NAMESPACE)
_histogram = partial(BufferedHistogram, registry=REGISTRY, namespace=NAMESPACE)

_FAST = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_STATEMENT = (0.001, 0.005, 0.025, 0.1, 0.5, 2.5)
_NOTIFY = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 7.5, 10.0, 15.0, 30.0, 60.0, 300.0)

# Chain to activity
ingest_slot_lag = _gauge(
    "ingest_slot_lag", "Slots between the newest one known and the one the cursor stands at."
)
ingest_last_event_age_seconds = _gauge(
    "ingest_last_event_age_seconds", "Time since the source last sent anything.", ("source",)
)
ingest_gap_slots_open = _gauge("ingest_gap_slots_open", "Slots missed and not yet fetched.")
ingest_gap_backfilled = _counter("ingest_gap_backfilled", "Transactions that only the reconciliation found.")
ingest_sampled_blocks = _counter("ingest_sampled_blocks", "Blocks read to check lists of signatures against.")
ingest_unlisted_activities = _counter(
    "ingest_unlisted_activities", "Activities in sampled blocks that no list of signatures held."
)
ingest_quarantined = _counter(
    "ingest_quarantined", "Transactions quarantined because they could not be decoded."
)
ingest_pushed_transactions_dropped = _counter(
    "ingest_pushed_transactions_dropped",
    "Pushed transactions left to the reconciliation because too many are in flight.",
)
ingest_streams_distrusted = _counter(
    "ingest_streams_distrusted",
    "Streams whose word alone is not told, since a hint proved wrong.",
    ("source",),
)
ingest_reconnects = _counter("ingest_reconnects", "Streams that were opened again.", ("source",))
batch_queue_entries = _gauge("batch_queue_entries", "Batches that wait in Redis for processors.")
batch_queue_bytes = _gauge("batch_queue_bytes", "Memory that waiting batches take in Redis, by its estimate.")
batch_oldest_seconds = _gauge(
    "batch_oldest_seconds", "Age of the oldest batch of this collector not yet stored."
)
batch_losses = _counter("batch_losses", "Times that batches were lost in Redis and the chain was read again.")
transaction_batches = _counter(
    "transaction_batches",
    "Batches taken by processors: stored, known already, beyond a gap, or no batches.",
    ("outcome",),
)
processor_partitions = _gauge("processor_partitions", "Partitions of wallets that this processor has.")
rpc_requests = _counter("rpc_requests", "Requests to nodes, by outcome.", ("provider", "method", "code"))
rpc_request_seconds = _histogram(
    "rpc_request_seconds", "Time a node took to answer.", ("method",), buckets=_FAST
)
rpc_breaker_state = _gauge("rpc_breaker_state", "0: in use, 1: on trial, 2: avoided.", ("provider",))
cursors_healed = _counter(
    "cursors_healed", "Stored cursors set back because the chain cannot have come so far."
)
rpc_claims_refused = _counter(
    "rpc_claims_refused", "Slots that a node named as its newest and that no block confirmed.", ("provider",)
)
rpc_answers_contradicted = _counter(
    "rpc_answers_contradicted", "Answers about transactions that other nodes contradict.", ("provider",)
)
rpc_bytes_in_flight = _gauge(
    "rpc_bytes_in_flight", "Bytes of nodes' answers that this process holds, unpacked."
)
rpc_connections = _gauge("rpc_connections", "Requests to a node in flight.", ("provider",))
rpc_connections_max = _gauge("rpc_connections_max", "Requests in flight that a node may have.", ("provider",))
rpc_transaction_version = _gauge(
    "rpc_transaction_version",
    "The newest transaction version that nodes are asked for; above 1, one has appeared.",
)
price_age_seconds = _gauge("price_age_seconds", "Time since the price of SOL on the chain was published.")
price_uncertain = _gauge(
    "price_uncertain",
    "1 while the published price of SOL and that of its pools are far apart: none counts.",
)
token_prices_read = _counter("token_prices_read", "Tokens whose price was asked for, by result.", ("result",))
price_alerts_fired = _counter("price_alerts_fired", "Price alerts that fired.")
activities = _counter("activities", "Activities stored, by kind.", ("kind",))
activities_duplicate = _counter("activities_duplicate", "Activities that were stored already.")
alerts = _counter("alerts", "Alerts stored, by kind.", ("kind",))

alerts_reverted = _counter(
    "alerts_reverted", "Alerts taken back because no block holds what a stream said, or something else."
)

alerts_put_off = _counter(
    "alerts_put_off", "Tries to decide an alert that failed; it is tried again, others went on."
)

patterns_found = _counter("patterns_found", "Alerts of patterns that were made, or changed as owners joined.")
token_trades_dropped = _counter(
    "token_trades_dropped",
    "Trades of followed tokens that were not told: too many waited, one was at fault, a pool was too busy.",
)
positions_rebuilt = _counter(
    "positions_rebuilt", "Positions booked again, since alerts came out of turn or were reverted."
)
campaign_steps = _counter("campaign_steps", "Steps by which paper campaigns went on.")
campaigns_reread = _counter(
    "campaigns_reread", "Paper campaigns that read again, since trades came late or were reverted."
)

history_requests = _counter(
    "history_requests", "Requests to nodes for what wallets did before they were followed."
)

# Alert to chat
decisions = _counter(
    "decisions", "Decisions whether a chat gets an alert, by the gate that decided.", ("gate",)
)
outbox_pending = _gauge("outbox_pending", "Deliveries that wait to be sent.")
outbox_oldest_pending_seconds = _gauge(
    "outbox_oldest_pending_seconds", "Age of the oldest delivery that waits to be sent."
)
pushes_pending = _gauge("pushes_pending", "Pushes that could go to webhooks now.")
pushes_failed = _gauge("pushes_failed", "Pushes that failed and wait for another try.")
pushes_oldest_pending_seconds = _gauge(
    "pushes_oldest_pending_seconds",
    "Age of the oldest push that nobody has tried, of webhooks that do not fail.",
)
webhooks = _gauge("webhooks", "Webhooks of chats, by state: on, failing, off.", ("state",))
deliveries = _counter(
    "deliveries", "Deliveries tried, by kind and by what became of them.", ("kind", "status")
)
deliveries_ambiguous = _counter(
    "deliveries_ambiguous", "Deliveries for which Telegram's answer did not come: it may have sent them."
)
telegram_fallbacks = _counter(
    "telegram_fallbacks",
    "Messages sent once more: plain (no markup), general (topic is gone), repeat (reply unconfirmed).",
    ("fallback",),
)
deliveries_grouped = _counter("deliveries_grouped", "Deliveries sent in one message with others.")
balances_refreshed = _counter("balances_refreshed", "Readings of the SOL of followed wallets.")
balances_unexplained = _counter(
    "balances_unexplained", "Large changes of a wallet's SOL that no stored activity explained."
)
scans = _counter("scans", "Whole security scans that asked nodes, by the grade they gave.", ("grade",))
scan_requests = _counter("scan_requests", "Requests to nodes for security scans and for grades of alerts.")
safety_readings = _counter("safety_readings", "Readings of tokens that people were alerted on or hold.")
safety_changes = _counter(
    "safety_changes", "Dangers that came up in such a token, by what changed.", ("change",)
)
outages_announced = _counter("outages_announced", "Outages that were announced to all chats.")
delivery_latency_seconds = _histogram(
    "delivery_latency_seconds", "From block time to accepted by Telegram, of alerts.", buckets=_NOTIFY
)
delivery_stage_seconds = _histogram(
    "delivery_stage_seconds",
    "Of that: stored (since the block), decided, admitted (both since stored), accepted (since admitted).",
    ("stage",),
    buckets=_NOTIFY,
)
canary_age_seconds = _gauge("canary_age_seconds", "Time since the canary last arrived as it should.")
canary_delay_seconds = _histogram(
    "canary_delay_seconds", "From the canary's commit to its message.", buckets=_NOTIFY
)
canary_messages = _counter("canary_messages", "Canaries that arrived: right, late, wrong.", ("outcome",))
telegram_requests = _counter("telegram_requests", "Calls of the Bot API, by outcome.", ("method", "code"))
telegram_request_seconds = _histogram(
    "telegram_request_seconds", "Time Telegram took to answer.", ("method",), buckets=_FAST
)
telegram_retry_after_seconds = _histogram(
    "telegram_retry_after_seconds", "Waits that Telegram ordered.", buckets=_NOTIFY
)
telegram_limiter_wait_seconds = _histogram(
    "telegram_limiter_wait_seconds", "Waits before sending, to stay within limits.", buckets=_FAST
)
telegram_limits_local = _gauge(
    "telegram_limits_local", "1 while Redis is away and this process keeps stricter limits of its own."
)
telegram_webhook_pending = _gauge("telegram_webhook_pending", "Updates that Telegram could not post yet.")
telegram_webhook_error_age_seconds = _gauge(
    "telegram_webhook_error_age_seconds", "Time since Telegram last failed to post; 0: it never did."
)
certificate_expires_seconds = _gauge(
    "certificate_expires_seconds", "Time until the certificate of WEBHOOK_URL ends; below 0: it has."
)
telegram_standstill = _gauge(
    "telegram_standstill", "1 while nothing is sent because Telegram does not answer properly."
)
telegram_probes = _counter(
    "telegram_probes", "Looks whether Telegram answers again: answered, unanswered.", ("outcome",)
)
deliveries_named = _counter(
    "deliveries_named", "Deliveries named to their chats as those that may not have arrived."
)
chat_suspensions = _counter("chat_suspensions", "Refusals that may pass, after which a chat waits.")

# Chat to reply
webhook_updates = _counter(
    "webhook_updates", "Updates received: stored, repeated, refused, limited, unreadable.", ("result",)
)
updates_handled = _counter("updates_handled", "Updates handled: done, failed, set aside.", ("outcome",))
update_seconds = _histogram("update_seconds", "From an update stored to it handled.", buckets=_FAST)
updates_pending = _gauge("updates_pending", "Updates stored and not yet handled.")

# Web
web_requests = _counter(
    "web_requests", "Requests of pages and programs, by the first digit of the status.", ("status",)
)
web_request_seconds = _histogram(
    "web_request_seconds", "From a request to its answer; streams are left out.", buckets=_FAST
)
feed_streams = _gauge("feed_streams", "Open streams of alerts.")
feed_seconds = _histogram(
    "feed_seconds", "From an alert decided for a chat to it handed to open streams.", buckets=_FAST
)

http_connections_ended = _counter(
    "http_connections_ended",
    "Connections of our HTTP servers that were ended: slow (no request in time), refused (too many).",
    ("reason",),
)

# PostgreSQL: of this process, then of the server as the dispatcher sees it
db_retries = _counter("db_retries", "Transactions that were begun again, by what ended them.", ("error",))
db_statement_seconds = _histogram(
    "db_statement_seconds",
    "Time of a statement, by its name in the code.",
    ("statement",),
    buckets=_STATEMENT,
)
db_pool_connections = _gauge("db_pool_connections", "Connections of the pool in use.")
db_pool_connections_max = _gauge("db_pool_connections_max", "Connections that the pool may have.")
db_up = _gauge("db_up", "1 while PostgreSQL answers the dispatcher.")
db_bytes = _gauge("db_bytes", "Size of the database.")
db_backends = _gauge("db_backends", "Connections to the server, of whatever program.")
db_backends_max = _gauge("db_backends_max", "Connections that the server takes.")
db_oldest_transaction_seconds = _gauge("db_oldest_transaction_seconds", "Age of the oldest open transaction.")
db_replica_lag_seconds = _gauge("db_replica_lag_seconds", "How far the slowest replica is behind.")
activity_partitions_ahead = _gauge("activity_partitions_ahead", "Days from tomorrow on with a partition.")
activity_default_rows = _gauge("activity_default_rows", "Activities whose day has no partition, estimated.")
leases = _gauge("leases", "Leases that somebody has now.")

# Redis, by server: queues, caches
redis_up = _gauge("redis_up", "1 while the server answers the dispatcher.", ("server",))
redis_ping_seconds = _gauge("redis_ping_seconds", "Time of the latest round trip.", ("server",))
redis_memory_bytes = _gauge("redis_memory_bytes", "Memory that the server uses.", ("server",))
redis_memory_max_bytes = _gauge("redis_memory_max_bytes", "Memory that it may use; 0: no limit.", ("server",))
redis_clients = _gauge("redis_clients", "Connections of clients.", ("server",))
redis_keys = _gauge("redis_keys", "Keys that it holds.", ("server",))
redis_evicted_keys = _gauge("redis_evicted_keys", "Keys evicted since it started.", ("server",))

# Caches
cache_requests = _counter(
    "cache_requests",
    "Values asked of a cache: local (kept in the process), shared (in Redis), miss, away, corrupt.",
    ("cache", "outcome"),
)

# Jobs and leases
rq_jobs = _gauge("rq_jobs", "Jobs in a queue: queued, started, failed.", ("queue", "state"))
rq_workers = _gauge("rq_workers", "Workers that listen to a queue.", ("queue",))
queue_questions = _gauge("queue_questions", "Questions by queue and state, of 24 h.", ("queue", "state"))
queue_oldest_seconds = _gauge("queue_oldest_seconds", "Age of the oldest open question, or job.", ("queue",))
jobs_handled = _counter("jobs_handled", "Jobs done, by queue and outcome.", ("queue", "outcome"))
lease_epoch = _gauge("lease_epoch", "Epoch of a lease we hold; 0 when another holds it.", ("lease",))

# Programs, people and the machine
instances = _gauge("instances", "Processes of an hour: alive, or silent for 30 s.", ("program", "state"))
chats = _gauge("chats", "Chats that are open.")
chats_active = _gauge("chats_active", "Chats that wrote something or tapped a button within a day.")
watched_wallets = _gauge("watched_wallets", "Wallets that somebody follows.")
log_records = _counter("log_records", "Records logged: warning, error, critical.", ("level",))
event_loop_lag_seconds = _gauge("event_loop_lag_seconds", "How late the event loop ran what was due.")
memory_limit_bytes = _gauge("memory_limit_bytes", "Memory that the container may use; 0: no limit.")
disk_bytes = _gauge("disk_bytes", "Size of the disk that holds DATA_DIR.")
disk_free_bytes = _gauge("disk_free_bytes", "What is free of it.")


def exposition() -> bytes:
    """All metrics in Prometheus' text format."""
    return generate_latest(REGISTRY)
