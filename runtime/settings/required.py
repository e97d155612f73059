"""Settings that a program cannot do without, by its name."""

from collections.abc import Mapping

_SERVERS = ("DATABASE_URL", "REDIS_URL")
NEEDS: Mapping[str, tuple[str, ...]] = {
    "bot": (*_SERVERS, "BOT_TOKEN"),
    "scanner": (*_SERVERS, "RPC_URLS"),
    "dispatcher": _SERVERS,
    "maintenance": (*_SERVERS, "BOT_TOKEN"),
    "notifications": (*_SERVERS, "BOT_TOKEN"),
    "security-scan": (*_SERVERS, "BOT_TOKEN", "RPC_URLS"),
    "balance-check": (*_SERVERS, "BOT_TOKEN", "RPC_URLS"),
    "backfill": (*_SERVERS, "BOT_TOKEN", "RPC_URLS"),
    "storage": ("DATABASE_URL",),
}
