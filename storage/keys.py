"""Every Redis key and channel, built here and nowhere else."""

import functools
from enum import StrEnum

ALERTS_CHANNEL = "whale:alerts"
"""Wakes the dispatcher: PostgreSQL has a new alert."""
DELIVERIES_CHANNEL = "whale:deliveries"
"""Wakes senders: deliveries are due."""
WATCHES_CHANNEL = "whale:watches"
"""Wakes scanners: the set of watched wallets has changed."""
CACHES_CHANNEL = "whale:caches"
"""Tells processes which cached values have changed."""
QUEUE_PROBE = "rq:whale:probe"
"""Written to learn whether the queues' server takes writes; gone a second later."""
CACHES_PREFIX = "whale:cache:"
"""Every key of every cache begins so, of whichever format."""
CACHE_FORMAT = 1
"""Rises when the form of cached values changes: programs of both forms then run side by side."""


class CacheName(StrEnum):
    """Each cache, as keys, metrics and /clearcache name it."""

    SETTINGS = "settings"
    """The settings of a chat."""
    WATCHES = "watches"
    """The watches of a chat."""
    WALLETS = "wallets"
    """What is at an address."""
    TOKENS = "tokens"
    """What mints are called."""
    BALANCES = "balances"
    """What a wallet holds."""
    PRICES = "prices"
    """What a token costs."""
    SCANS = "scans"
    """Security scans of mints."""
    MEMBERS = "members"
    """What a person is in a group."""


def session(chat_id: int, user_id: int) -> str:
    """The session of one person in one chat."""
    return f"whale:session:{chat_id}:{user_id}"


def memo(chat_id: int, key: str) -> str:
    """What is kept behind some buttons of a chat."""
    return f"whale:memo:{chat_id}:{key}"


def cached(cache: CacheName, key: str) -> str:
    """One cached value."""
    return f"{cache_prefix(cache)}value:{key}"


def cache_lease(cache: CacheName, key: str) -> str:
    """The right to store what is being loaded for one key."""
    return f"{cache_prefix(cache)}lease:{key}"


@functools.cache
def cache_prefix(cache: CacheName | None = None) -> str:
    """How every key of one cache begins, or of all caches of this format."""
    every = f"{CACHES_PREFIX}{CACHE_FORMAT}:"
    return every if cache is None else f"{every}{cache}:"


def jobs_done(queue: str, hour: int) -> str:
    """How many jobs of a queue ended well in an hour, counted from 1970; kept for a day."""
    return f"rq:whale:done:{queue}:{hour}"


def limit(scope: str) -> str:
    """The state of one rate limit."""
    return f"whale:limit:{scope}"


def pause(scope: str) -> str:
    """Set while nothing may pass one rate limit."""
    return f"whale:pause:{scope}"


def circuit(name: str) -> str:
    """The state of one circuit breaker; missing: it is closed."""
    return f"whale:circuit:{name}"


def batches(chain: str, partition: int) -> str:
    """The stream of one partition: batches that collectors read and no processor has stored yet."""
    return f"whale:batches:{chain}:{partition}"
