"""The panels of Grafana's dashboards: a row each, with its title, what it asks Prometheus, and the unit.

Titles are what alerts name as their panel; `tools/dashboards.py` makes the files.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Panel:
    """One graph."""

    title: str
    query: str
    """PromQL; several are parted by ` ;; `."""
    legend: str = ""
    """Of its lines, as `{{program}}`."""
    unit: str = "short"
    """As Grafana calls it: s, bytes, percentunit, reqps."""
    at_most: float | None = None
    """Above it the graph is red: where the alert of the panel begins."""


def _p95(metric: str, by: str) -> str:
    return f"histogram_quantile(0.95, sum by (le, {by}) (rate(whale_watcher_{metric}_bucket[5m])))"


def _rate(metric: str, by: str, window: str = "5m") -> str:
    return f"sum by ({by}) (rate(whale_watcher_{metric}_total[{window}]))"


def _max(metric: str, by: str = "") -> str:
    return f"max by ({by}) (whale_watcher_{metric})" if by else f"max(whale_watcher_{metric})"


DASHBOARDS = {
    "overview": (
        Panel(
            "Alerts later than 15 s",
            "whale_watcher:unmet_ratio:rate5m",
            "late or lost",
            "percentunit",
            0.0144,
        ),
        Panel(
            "From block to chat",
            "whale_watcher:delivery_latency_seconds:p50_5m ;; whale_watcher:delivery_latency_seconds:p95_5m"
            " ;; whale_watcher:delivery_latency_seconds:p99_5m",
            "{{__name__}}",
            "s",
            15,
        ),
        Panel("Stages, p95", "whale_watcher:delivery_stage_seconds:p95_5m", "{{stage}}", "s"),
        Panel("Alerts sent", _rate("deliveries", "kind"), "{{kind}}", "reqps"),
        Panel("Oldest message that waits", _max("outbox_oldest_pending_seconds"), "oldest", "s", 120),
        Panel("Messages that wait", _max("outbox_pending"), "waiting"),
        Panel(
            "Pushes",
            "sum by (status) (rate(whale_watcher_deliveries_total{kind=~'push.*'}[5m]))",
            "{{status}}",
            "reqps",
        ),
        Panel("Oldest push that waits", _max("pushes_oldest_pending_seconds"), "oldest", "s", 120),
        Panel("Pushes that wait", f"{_max('pushes_pending')} ;; {_max('pushes_failed')}", "now ;; failed"),
        Panel("Webhooks", _max("webhooks", "state"), "{{state}}"),
        Panel("Updates handled", _rate("updates_handled", "outcome"), "{{outcome}}", "reqps"),
        Panel("Updates that wait", _max("updates_pending"), "waiting", at_most=500),
        Panel("From update to reply, p95", "whale_watcher:update_seconds:p95_5m", "p95", "s", 2),
        Panel(
            "Telegram", f"{_max('telegram_standstill')} ;; {_rate('telegram_requests', 'code')}", "{{code}}"
        ),
        Panel(
            "Webhook",
            f"{_max('telegram_webhook_pending')} ;; {_max('telegram_webhook_error_age_seconds')}",
            "{{__name__}}",
        ),
        Panel("Pages and API", _rate("web_requests", "status"), "{{status}}", "reqps"),
        Panel("Open pages", "sum(whale_watcher_feed_streams)", "streams"),
        Panel(
            "From an alert to open pages, p95",
            "histogram_quantile(0.95, sum by (le) (rate(whale_watcher_feed_seconds_bucket[5m])))",
            "p95",
            "s",
        ),
        Panel("Posts of the webhook", _rate("webhook_updates", "result"), "{{result}}", "reqps"),
        Panel(
            "Age of the feed",
            "min by (source) (whale_watcher_ingest_last_event_age_seconds)",
            "{{source}}",
            "s",
            60,
        ),
        Panel("Slots behind", "min(whale_watcher_ingest_slot_lag)", "slots", at_most=300),
        Panel("Activities", _rate("activities", "kind"), "{{kind}}", "reqps"),
        Panel("People", f"{_max('chats')} ;; {_max('chats_active')}", "chats ;; of a day"),
        Panel("Wallets", _max("watched_wallets"), "followed"),
        Panel("Alerts firing", 'sum by (alertname, severity) (ALERTS{alertstate="firing"})', "{{alertname}}"),
    ),
    "performance": (
        Panel(
            "Processor",
            "rate(whale_watcher_process_cpu_seconds_total[5m])",
            "{{program}} {{instance}}",
            "percentunit",
        ),
        Panel(
            "Memory",
            "whale_watcher_process_resident_memory_bytes ;; whale_watcher_memory_limit_bytes > 0",
            "{{program}} {{instance}} ;; limit {{program}}",
            "bytes",
        ),
        Panel(
            "Event loop",
            _max("event_loop_lag_seconds", "program, instance"),
            "{{program}} {{instance}}",
            "s",
            1,
        ),
        Panel(
            "Statements, p95",
            f"topk(10, {_p95('db_statement_seconds', 'statement')})",
            "{{statement}}",
            "s",
            1,
        ),
        Panel(
            "Statements by time",
            "topk(10, sum by (statement) (rate(whale_watcher_db_statement_seconds_sum[5m])))",
            "{{statement}}",
            "s",
        ),
        Panel(
            "Pools",
            "whale_watcher_db_pool_connections / whale_watcher_db_pool_connections_max",
            "{{program}}",
            "percentunit",
            1,
        ),
        Panel(
            "Connections of PostgreSQL",
            f"{_max('db_backends')} ;; {_max('db_backends_max')}",
            "in use ;; at most",
        ),
        Panel("Oldest transaction", _max("db_oldest_transaction_seconds"), "oldest", "s", 600),
        Panel("Replica", _max("db_replica_lag_seconds"), "behind", "s", 60),
        Panel("Size of the database", _max("db_bytes"), "bytes", "bytes"),
        Panel("Transactions begun again", _rate("db_retries", "error"), "{{error}}", "reqps"),
        Panel("Round trip of Redis", _max("redis_ping_seconds", "server"), "{{server}}", "s"),
        Panel(
            "Memory of Redis",
            f"{_max('redis_memory_bytes', 'server')} ;; {_max('redis_memory_max_bytes', 'server')} > 0",
            "{{server}} ;; limit {{server}}",
            "bytes",
        ),
        Panel("Clients of Redis", _max("redis_clients", "server"), "{{server}}"),
        Panel(
            "Keys of Redis",
            f"{_max('redis_keys', 'server')} ;; {_max('redis_evicted_keys', 'server')}",
            "{{server}} ;; evicted {{server}}",
        ),
        Panel("Hit rate of caches", "whale_watcher:cache_hit_ratio:rate5m", "{{cache}}", "percentunit"),
        Panel(
            "Requests in flight",
            f"{_max('rpc_connections', 'provider')} ;; {_max('rpc_connections_max', 'provider')}",
            "{{provider}} ;; at most {{provider}}",
        ),
        Panel("Nodes, p95", _p95("rpc_request_seconds", "method"), "{{method}}", "s"),
        Panel("Requests to nodes", _rate("rpc_requests", "provider, code"), "{{provider}} {{code}}", "reqps"),
        Panel("Telegram, p95", _p95("telegram_request_seconds", "method"), "{{method}}", "s"),
        Panel(
            "Waits for the limits, p95", _p95("telegram_limiter_wait_seconds", "program"), "{{program}}", "s"
        ),
        Panel("Limits kept by processes alone", _max("telegram_limits_local", "program"), "{{program}}"),
        Panel("Batches", f"{_max('batch_queue_entries')} ;; {_max('batch_oldest_seconds')}", "{{__name__}}"),
    ),
    "health": (
        Panel("PostgreSQL answers", _max("db_up"), "answers"),
        Panel("Redis answers", _max("redis_up", "server"), "{{server}}"),
        Panel("Targets", 'sum by (program) (up{job="whale-watcher"})', "{{program}}"),
        Panel("Processes", _max("instances", "program, state"), "{{program}} {{state}}"),
        Panel("Errors logged", _rate("log_records", "program, level"), "{{program}} {{level}}", "reqps", 0.2),
        Panel(
            "Nodes",
            f"{_max('rpc_breaker_state', 'provider')} ;; {_rate('rpc_claims_refused', 'provider')}",
            "{{provider}}",
        ),
        Panel(
            "Reconnects",
            "sum by (source) (increase(whale_watcher_ingest_reconnects_total[15m]))",
            "{{source}}",
            at_most=30,
        ),
        Panel(
            "Quarantine",
            "sum(increase(whale_watcher_ingest_quarantined_total[1h]))"
            " ;; sum(increase(whale_watcher_ingest_unlisted_activities_total[1h]))",
            "quarantined ;; unlisted",
        ),
        Panel(
            "Deliveries by outcome",
            f"{_rate('deliveries', 'status')} ;; {_rate('deliveries_ambiguous', 'job')}",
            "{{status}}",
            "reqps",
        ),
        Panel("Messages sent once more", _rate("telegram_fallbacks", "fallback"), "{{fallback}}", "reqps"),
        Panel("Oldest question", _max("queue_oldest_seconds", "queue"), "{{queue}}", "s", 120),
        Panel(
            "Failed jobs", 'max by (queue) (whale_watcher_rq_jobs{state="failed"})', "{{queue}}", at_most=100
        ),
        Panel("Workers", _max("rq_workers", "queue"), "{{queue}}"),
        Panel("Leases", f"{_max('leases')} ;; {_max('lease_epoch', 'lease')}", "{{lease}}"),
        Panel(
            "Partitions ahead",
            f"{_max('activity_partitions_ahead')} ;; {_max('activity_default_rows')}",
            "days ;; rows without a day",
        ),
        Panel(
            "Price of SOL",
            f"{_max('price_age_seconds')} ;; {_max('price_uncertain')}",
            "age ;; uncertain",
            "s",
            600,
        ),
        Panel(
            "Paper campaigns",
            "sum(rate(whale_watcher_campaign_steps_total[5m]))"
            " ;; sum(rate(whale_watcher_campaigns_reread_total[5m]))",
            "steps ;; read again",
            "reqps",
        ),
        Panel("Disk", "min(whale_watcher_disk_free_bytes / whale_watcher_disk_bytes)", "free", "percentunit"),
        Panel(
            "Canary",
            f"{_max('canary_age_seconds')} ;; {_rate('canary_messages', 'outcome', '10m')}",
            "{{outcome}}",
        ),
        Panel("Certificate", "min(whale_watcher_certificate_expires_seconds)", "left", "s"),
    ),
}
