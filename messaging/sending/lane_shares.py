"""What a lane may take of the whole bot's rate, at most; the lanes without a share may take all of it."""

from domain.rate_limits import RateLimit
from domain.rules.lanes import Lane

MIN_SHARED_RATE = 6.0
"""Messages a second below which there is nothing to share among lanes."""
_BROADCAST_SHARE = 0.5
"""The rest is left to alerts and replies."""
_REPLIES_SHARE = 0.5
"""A flood of questions leaves the other half to alerts."""
_REPLIES_BURST = 0.25
"""Replies that go at once after a rest, in seconds of the rate."""
_MIN_REPLIES_BURST = 4


def share_rules(rate: float) -> dict[Lane, tuple[RateLimit, ...]]:
    """The rules of each lane that has a share, for a bot of this rate in messages a second."""
    broadcasts = RateLimit(scope="broadcasts", interval=1.0 / max(rate * _BROADCAST_SHARE, 0.05), burst=1)
    if rate <= MIN_SHARED_RATE:
        return {Lane.BROADCAST: (broadcasts,)}
    burst = max(_MIN_REPLIES_BURST, round(rate * _REPLIES_BURST))
    replies = RateLimit(scope="replies", interval=1.0 / (rate * _REPLIES_SHARE), burst=burst)
    return {Lane.BROADCAST: (broadcasts,), Lane.REPLIES: (replies,)}
