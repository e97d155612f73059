"""What an operator can set, as one value. `runtime/settings/loading.py` reads it from the environment.

Each field below is the setting of the same name in capitals; `.env.example` is printed from this file. A
setting that is unset or empty has its default. A secret may be in a file instead, named by NAME_FILE.
"""

# ruff: noqa: RUF009 - `setting` is this folder's `dataclasses.field`

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

from runtime.settings import parsing
from runtime.settings.outside import OutsideSettings, setting
from runtime.settings.sealing_keys import sealing_keys
from runtime.settings.secret import Secret, masked

LOOPBACK = "127.0.0.1"
SANDBOX_BOT_TOKEN = Secret("7000000001:AASandboxSandboxSandboxSandboxSandb")
"""What the sandbox's Telegram accepts. Well formed, known to everybody, opens nothing."""
SANDBOX_OPENID_SECRET = Secret("sandbox-sandbox-sandbox")
"""The client secret of the sandbox's OpenID Connect. Known to everybody, opens nothing."""
SANDBOX_OPERATOR = 500_000_001
"""The first person of the sandbox's Telegram; operates the bot there when ADMIN_IDS is unset."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(OutsideSettings):
    """All settings. Secrets are false when unset and show their text only by `reveal()`."""

    # Servers
    database_url: Secret = setting(
        parsing.database_url,
        Secret(),
        "PostgreSQL. Unset: one is started under DATA_DIR.",
        example="postgresql://user:password@host:5432/name",
    )
    database_read_url: Secret = setting(
        parsing.database_url, Secret(), "A replica for statistics and exports. Unset: DATABASE_URL."
    )
    db_pool_min: int = setting(parsing.whole(0, 1000), 1, "Connections that each process keeps open.")
    db_pool_max: int = setting(parsing.whole(1, 1000), 10, "Connections that each process may open.")
    keep_days: int = setting(parsing.whole(1, 36_500), 90, "Days that activities and messages are kept.")
    redis_url: Secret = setting(
        parsing.redis_url,
        Secret(),
        "Redis or Valkey with maxmemory-policy noeviction, or its sentinels. Unset: one under DATA_DIR.",
        example="redis://:password@host:6379/0",
    )
    cache_url: Secret = setting(
        parsing.redis_url, Secret(), "A server whose keys may be evicted. Unset: REDIS_URL."
    )
    secrets_key: tuple[Secret, ...] = setting(
        sealing_keys,
        (),
        "Seals what people entrust, such as webhooks' secrets: 32 bytes in base64; older keys behind it.",
        example="KEY",
    )
    # Process
    instance_id: str = setting(
        parsing.name, "", "Name of this process among its kind. Unset: host name and process id."
    )
    region: str = setting(
        parsing.name, "", "Where this process runs, such as fra1; stands before its name and in /instances."
    )
    webhook_host: str = setting(
        parsing.ip, "127.0.0.1", "The address that the webhook listens on. In a container: 0.0.0.0."
    )
    port: int = setting(parsing.port, 8080, "The port that the webhook, or nginx before it, listens on.")
    metrics_host: str = setting(
        parsing.ip,
        "127.0.0.1",
        "The address of /live, /ready, /health and /metrics, for the inside only. In a container: 0.0.0.0.",
    )
    metrics_port: int = setting(
        parsing.whole(0, 65535), 0, "The port of /live, /ready, /health and /metrics. 0: nowhere."
    )
    bots: int = setting(
        parsing.whole(1, 20), 1, "Bots that `make run` starts; more than one are put behind nginx."
    )
    log_level: str = setting(
        parsing.choice("debug", "info", "warning", "error"), "info", "debug, info, warning or error."
    )
    log_format: str = setting(parsing.choice("text", "json"), "text", "text for people, json for machines.")
    data_dir: Path = setting(parsing.path, Path(".data"), "Where embedded servers keep their data and logs.")
    # Web
    web_host: str = setting(
        parsing.ip, "127.0.0.1", "The address that pages and the API listen on. In a container: 0.0.0.0."
    )
    web_port: int = setting(parsing.port, 8090, "The port of pages and the API; nginx stands before it.")
    web_url: str = setting(
        parsing.http_url,
        "",
        "Public address of the pages, for links in the chat. Unset: this machine's alone.",
        example="https://whales.example.org",
    )
    api_requests_per_minute: int = setting(
        parsing.whole(1, 100_000), 120, "Requests to the API of one key, or of one person on the page."
    )
    api_burst: int = setting(parsing.whole(1, 10_000), 60, "Of these at once.")
    # Operators
    operator_alerts: str = setting(
        parsing.choice("telegram", "prometheus"),
        "telegram",
        "Who judges what both could: the bot, in operators' chats, or the rules of deploy/prometheus.",
    )
    canary_seconds: float = setting(
        parsing.number(0, 120),
        60.0,
        "Between two made-up events that go the whole way and are judged where they would be sent. 0: none.",
    )
    alive_url: Secret = setting(
        parsing.secret_url,
        Secret(),
        "Asked each minute while all is well; whoever watches it tells when that ends (a dead-man's switch).",
        example="https://hc-ping.example.org/KEY",
    )
    sentry_dsn: Secret = setting(
        parsing.secret_url,
        Secret(),
        "Where errors are reported to, with secrets masked. Unset: nowhere.",
        example="https://KEY@sentry.example.org/1",
    )
    traces_url: Secret = setting(
        parsing.secret_url,
        Secret(),
        "Where traces go by OTLP over HTTP, a collector's /v1/traces. Unset: nowhere.",
        example="http://127.0.0.1:4318/v1/traces",
    )
    traces_share: float = setting(
        parsing.number(0, 1), 1.0, "Of all traces, the part that is sent: 0.01 is one in a hundred."
    )
    runbook_url: str = setting(
        parsing.http_url,
        "",
        "Where docs/runbook/ can be read, for links in alerts. Unset: no links.",
    )
    # Sandbox
    sandbox_host: str = setting(
        parsing.ip, "127.0.0.1", "The address that the sandbox listens on. In a container: 0.0.0.0."
    )
    sandbox_rpc_port: int = setting(
        parsing.whole(1, 65534), 8899, "The sandbox chain's JSON-RPC; its WebSocket is one port higher."
    )
    sandbox_telegram_port: int = setting(parsing.port, 8081, "The sandbox's Bot API and chat page.")
    sandbox_consensus: str = setting(
        parsing.choice("alpenglow", "tower"),
        "alpenglow",
        "alpenglow: a confirmed block is final. tower: it is 32 slots later, as until October 2026.",
    )
    sandbox_slot_seconds: float = setting(
        parsing.number(0.01, 60), 0.25, "Time from block to block; with tower it was 0.4."
    )
    sandbox_quick_minutes: float = setting(
        parsing.number(0, 100_000),
        3,
        "For so long the sandbox's whales trade every few seconds; then more rarely, so that none is busy.",
    )
    sandbox_seed: int = setting(
        parsing.whole(0, 2**63 - 1), 1, "Who lives on the chain; with the time of the start, what they do."
    )
    sandbox_webhook_hosts: frozenset[str] = setting(
        parsing.hosts,
        frozenset(),
        "Hosts that the sandbox's Telegram posts to, besides this machine. In compose: nginx.",
        example="nginx",
    )
    sandbox_replay: str = setting(
        parsing.folder,
        "",
        "A folder of recorded blocks and transactions that the sandbox chain serves between its own.",
        example="../recorded",
    )

    @property
    def sandbox_telegram(self) -> bool:
        """Whether Telegram is the sandbox's, because there is no token."""
        return not self.bot_token

    @property
    def sandbox_chain(self) -> bool:
        """Whether the chain is the sandbox's, because there is no node."""
        return not self.rpc_urls

    @property
    def web_address(self) -> str:
        """Where people find the pages."""
        return self.web_url.rstrip("/") or f"http://{LOOPBACK}:{self.web_port}"

    def secrets(self) -> tuple[str, ...]:
        """Every secret text, for the filter on the logs."""
        values = (getattr(self, spec.name) for spec in fields(self))
        nested = (value if isinstance(value, tuple) else (value,) for value in values)
        return tuple(item.reveal() for group in nested for item in group if isinstance(item, Secret) and item)

    def describe(self) -> tuple[tuple[str, str], ...]:
        """Each setting's name and value, secrets masked."""
        return tuple((spec.name.upper(), masked(getattr(self, spec.name))) for spec in fields(self))
