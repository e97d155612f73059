"""Every Redis key and channel, built here and nowhere else."""

ALERTS_CHANNEL = "whale:alerts"
"""Wakes the dispatcher: PostgreSQL has a new alert."""
DELIVERIES_CHANNEL = "whale:deliveries"
"""Wakes senders: deliveries are due."""
WATCHES_CHANNEL = "whale:watches"
"""Wakes scanners: the set of watched wallets has changed."""


def session(chat_id: int, user_id: int) -> str:
    """The session of one person in one chat."""
    return f"whale:session:{chat_id}:{user_id}"


def memo(chat_id: int, key: str) -> str:
    """What stands behind some buttons of a chat."""
    return f"whale:memo:{chat_id}:{key}"


def cache(kind: str, key: str) -> str:
    """One cached answer; `kind` is the cache's name."""
    return f"whale:cache:{kind}:{key}"


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
