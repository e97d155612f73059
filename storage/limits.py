"""Shared rate limits in Redis, on the server's clock: one script, so that all processes count together."""

from collections.abc import Sequence
from dataclasses import dataclass

from redis.asyncio import Redis

from storage import keys
from storage.redis import FAULTS

# GCRA: each bucket holds the time at which it would be empty again. All limits admit, or none is charged.
# KEYS: for each limit its bucket and its pause. ARGV: for each limit the seconds per unit and of burst.
# Answer: seconds to wait (as text); '0' means admitted and charged.
_ADMIT = """
local clock = redis.call('TIME')
local now = tonumber(clock[1]) + tonumber(clock[2]) / 1000000
local wait = 0
local after = {}
for i = 1, #KEYS / 2 do
  local interval, burst = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  local empty = math.max(tonumber(redis.call('GET', KEYS[2 * i - 1]) or now), now)
  local paused = tonumber(redis.call('GET', KEYS[2 * i]) or now)
  wait = math.max(wait, empty - burst - now, paused - now)
  after[i] = empty + interval
end
if wait > 0 then return tostring(wait) end
for i = 1, #KEYS / 2 do
  local life = math.ceil((after[i] - now) * 1000) + 1000
  redis.call('SET', KEYS[2 * i - 1], string.format('%.6f', after[i]), 'PX', life)
end
return '0'
"""

# KEYS: one pause. ARGV: its seconds. A pause only ever grows.
_PAUSE = """
local clock = redis.call('TIME')
local ends = tonumber(clock[1]) + tonumber(clock[2]) / 1000000 + tonumber(ARGV[1])
if tonumber(redis.call('GET', KEYS[1]) or 0) < ends then
  redis.call('SET', KEYS[1], string.format('%.6f', ends), 'PX', math.ceil(tonumber(ARGV[1]) * 1000) + 1000)
end
return 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """At most one unit per `interval` seconds in the long run, `burst` units at once."""

    scope: str
    interval: float
    burst: int = 1


class Limits:
    """Rate limits shared by all processes."""

    def __init__(self, client: Redis) -> None:
        self._admit = client.register_script(_ADMIT)
        self._pause = client.register_script(_PAUSE)

    async def admit(self, limits: Sequence[Limit]) -> float | None:
        """Charge one unit to every limit, or none.

        Returns:
            0.0: go ahead; above: ask again after that many seconds; None: Redis is away.
        """
        buckets = [key for limit in limits for key in (keys.limit(limit.scope), keys.pause(limit.scope))]
        rates = [rate for limit in limits for rate in (limit.interval, limit.interval * (limit.burst - 1))]
        try:
            return float(await self._admit(keys=buckets, args=rates))
        except FAULTS:
            return None

    async def pause(self, scope: str, seconds: float) -> None:
        """Admit nothing in this scope for `seconds`, in any process. Without Redis nothing is shared."""
        try:
            await self._pause(keys=[keys.pause(scope)], args=[seconds])
        except FAULTS:
            return
