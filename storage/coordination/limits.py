"""Shared rate limits, and the state of a circuit breaker, in Redis on the server's clock.

So all processes count together, and stand still together.

The states and who may do what in each: domain/circuits.py.
"""

import functools
import math
from collections.abc import Sequence

from redis.asyncio import Redis

from domain.circuits import Asker, Leave, Timing
from domain.rate_limits import RateLimit
from storage import keys
from storage.redis import FAULTS

TELEGRAM = "telegram"
"""The breaker of the Bot API."""
LIFE_MS = 600_000
"""A state that nobody touched for this long is forgotten: the breaker is closed."""

# KEYS: the state, a hash: failures, next_at (seconds), half_open_at (0: open).
# ARGV: what is done, then what it needs. Answer of `ask`: the leave and the seconds to wait, as texts.
#
# A time further ahead than any pause, or no number, was written by others, or before the clock was set back:
# it counts as over, so that nothing stands still forever.
_CIRCUIT = """
local clock = redis.call('TIME')
local now = tonumber(clock[1]) + tonumber(clock[2]) / 1000000
local function read(name, maximum, otherwise)
  local value = tonumber(redis.call('HGET', KEYS[1], name) or 0) or otherwise
  return value >= 0 and value <= maximum and value or otherwise
end
local failures, next_at = read('failures', 64, 64), read('next_at', now + 60, now)
local half_open_at = read('half_open_at', now, now - 60)
local function write(count, at, half)
  redis.call('HSET', KEYS[1], 'failures', count, 'next_at', string.format('%.6f', at),
             'half_open_at', string.format('%.6f', half))
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
local function fail()
  local ceiling = math.min(tonumber(ARGV[4]), tonumber(ARGV[3]) * 2 ^ (failures - 1))
  write(failures + 1, now + ceiling / 2 * (1 + tonumber(ARGV[5])), 0)
end
local what = ARGV[1]
if what == 'close' then redis.call('DEL', KEYS[1])
elseif what == 'failed' then
  if failures == 0 then write(1, now, 0) elseif half_open_at > 0 then fail() end
elseif what == 'probed' then
  if failures > 0 then
    if ARGV[6] == '1' then write(failures, now, now) else fail() end
  end
else
  local asker, leave, at, seconds = ARGV[3], 'probe', next_at, tonumber(ARGV[4])
  if failures == 0 then return {'go', '0'} end
  if half_open_at > 0 then
    if asker == 'sender' then return {'try', '0'} end
    leave, seconds = 'try', tonumber(ARGV[5])
    if asker == 'repeated' then at = math.max(at, half_open_at + tonumber(ARGV[6])) end
  end
  if at > now then return {'wait', string.format('%.6f', at - now)} end
  write(failures, now + seconds, half_open_at)
  return {leave, '0'}
end
return {'done', '0'}
"""

# GCRA, the generic cell rate algorithm: each bucket holds the time at which it is empty again. A request is
# charged to all its limits, or to none; requests are answered in their order. KEYS: for each limit its bucket
# and its pause. ARGV: how many limits each request has, then for each limit the seconds per unit and of
# burst; the number of requests comes first. Answer: for each request the seconds to wait (as text); '0' means
# admitted and charged.
#
# A bucket never runs further ahead than its burst and the few units by which lanes differ; a pause never
# lasts longer than it was told to, nor longer than an hour, after which Telegram says it again. What says
# otherwise was written by others, or before the clock was set back: it is cut to what is possible, so that
# nothing is silent forever.
_ADMIT = """
local clock = redis.call('TIME')
local now = tonumber(clock[1]) + tonumber(clock[2]) / 1000000
local known, ended = {}, {}
local function number(text)
  local value = tonumber(text or '')
  if value == nil or value ~= value or value == math.huge then return nil end
  return value
end
local function time_at(key, interval, burst)
  if known[key] == nil then
    local at = number(redis.call('GET', key)) or now
    known[key] = at > now + 2 * burst + 10 * interval and now + burst or at
  end
  return known[key]
end
local function pause_end(key)
  if ended[key] == nil then
    local text = redis.call('GET', key)
    local at, seconds = string.match(text or '', '^(%S+) (%S+)$')
    at, seconds = number(at) or now, math.min(number(seconds) or 0, 3600)
    if at > now + seconds + 1 then
      at = now + seconds
      redis.call('SET', key, string.format('%.6f %.6f', at, seconds), 'PX', math.ceil(seconds * 1000) + 1000)
    end
    ended[key] = at
  end
  return ended[key]
end
local answers, charged, requests, first = {}, {}, tonumber(ARGV[1]), 1
for request = 1, requests do
  local last, wait = first + tonumber(ARGV[1 + request]) - 1, 0
  for i = first, last do
    local interval, burst = tonumber(ARGV[requests + 2 * i]), tonumber(ARGV[1 + requests + 2 * i])
    local empty = math.max(time_at(KEYS[2 * i - 1], interval, burst), now)
    wait = math.max(wait, empty - burst - now, pause_end(KEYS[2 * i]) - now)
  end
  if wait <= 0 then
    for i = first, last do
      local key = KEYS[2 * i - 1]
      known[key] = math.max(known[key], now) + tonumber(ARGV[requests + 2 * i])
      charged[key] = true
    end
  end
  answers[request] = wait > 0 and string.format('%.6f', wait) or '0'
  first = last + 1
end
for key in pairs(charged) do
  local life = math.ceil((known[key] - now) * 1000) + 1000
  redis.call('SET', key, string.format('%.6f', known[key]), 'PX', life)
end
return answers
"""

# The same, and the values of further keys, which stand behind those of the limits. Answer: the answers, and
# the values.
_ADMIT_AND_READ = _ADMIT.replace(
    "return answers\n",
    """local values = {}
for i = 2 * (first - 1) + 1, #KEYS do values[i - 2 * (first - 1)] = redis.call('GET', KEYS[i]) end
return {answers, values}
""",
)

# KEYS: one pause. ARGV: its seconds. A pause only ever grows. Its value is when it ends, and its seconds.
_PAUSE = """
local clock = redis.call('TIME')
local now = tonumber(clock[1]) + tonumber(clock[2]) / 1000000
local seconds = math.min(tonumber(ARGV[1]), 3600)
local at, before = string.match(redis.call('GET', KEYS[1]) or '', '^(%S+) (%S+)$')
at, before = tonumber(at or ''), math.min(tonumber(before or '') or 0, 3600)
if at == nil or not (at >= now + seconds and at <= now + before + 1) then
  redis.call('SET', KEYS[1], string.format('%.6f %.6f', now + seconds, seconds),
             'PX', math.ceil(seconds * 1000) + 1000)
end
return 1
"""


# KEYS: one bucket. Answer: how many seconds until it is empty again, as text.
_FILLED = """
local clock = redis.call('TIME')
local at = tonumber(redis.call('GET', KEYS[1]) or '') or 0
return string.format('%.6f', math.max(0, at - tonumber(clock[1]) - tonumber(clock[2]) / 1000000))
"""


class SharedCircuit:
    """The state of one breaker, shared by all processes; each method answers None if Redis is unavailable."""

    def __init__(self, client: Redis, name: str) -> None:
        self._key = keys.circuit(name)
        self._script = client.register_script(_CIRCUIT)

    async def ask(self, asker: Asker, timing: Timing) -> tuple[Leave, float] | None:
        """Return what the asker may do, and with WAIT the seconds to wait."""
        answer = await self._run("ask", asker.value, timing.probe, timing.trial, timing.repeat_patience)
        return None if answer is None else (Leave(answer[0]), float(answer[1]))

    async def failed(self, timing: Timing, chance: float) -> bool | None:
        """A send got no answer."""
        return await self._do("failed", timing.first_wait, timing.max_wait, chance)

    async def probed(self, timing: Timing, chance: float, *, answered: bool) -> bool | None:
        """Report the result of the probe.

        Args:
            timing: how the pauses grow.
            chance: from 0 to 1, how far into its random half the next pause reaches.
            answered: whether the probe got an answer.
        """
        return await self._do("probed", timing.first_wait, timing.max_wait, chance, int(answered))

    async def close(self) -> bool | None:
        """A message was answered."""
        return await self._do("close")

    async def _do(self, what: str, *arguments: float) -> bool | None:
        return None if await self._run(what, *arguments) is None else True

    async def _run(self, what: str, *arguments: float | str) -> list[str] | None:
        try:
            answer: list[str] = await self._script(keys=[self._key], args=[what, LIFE_MS, *arguments])
        except FAULTS:
            return None
        return answer


class Limits:
    """Rate limits shared by all processes."""

    def __init__(self, client: Redis) -> None:
        self._client = client
        self._admit = client.register_script(_ADMIT)
        self._admit_and_read = client.register_script(_ADMIT_AND_READ)
        self._pause = client.register_script(_PAUSE)
        self._filled = client.register_script(_FILLED)

    async def admit(self, limits: Sequence[RateLimit]) -> float | None:
        """Charge one unit to every limit, or none.

        Returns:
            0.0: go ahead; above: ask again after that many seconds; None: Redis is unavailable.
        """
        answers = await self.admit_all([limits])
        return None if answers is None else answers[0]

    async def admit_all(self, requests: Sequence[Sequence[RateLimit]]) -> list[float] | None:
        """Admit many requests at once, answered in their order as by `admit`; None: Redis is unavailable."""
        buckets, args = _of_requests(requests)
        try:
            answers = await self._admit(keys=buckets, args=args)
        except FAULTS:
            return None
        return [float(answer) for answer in answers]

    async def admit_and_read(
        self, requests: Sequence[Sequence[RateLimit]], names: Sequence[str]
    ) -> tuple[list[float], list[str | None]] | None:
        """The same in one go with the values of further keys; None: Redis is unavailable.

        Args:
            requests: to be admitted.
            names: of the keys.
        """
        buckets, args = _of_requests(requests)
        try:
            answers, values = await self._admit_and_read(keys=[*buckets, *names], args=args)
        except FAULTS:
            return None
        return [float(answer) for answer in answers], values

    async def left(self, limit: RateLimit) -> int:
        """Return how many units the limit admits at once now; all of its burst if Redis is unavailable."""
        try:
            filled = float(await self._filled(keys=[keys.limit(limit.scope)]))
        except FAULTS:
            return limit.burst
        return max(0, min(limit.burst, limit.burst - math.ceil(filled / limit.interval - 1e-6)))

    async def forget(self, limit: RateLimit) -> None:
        """Give back all that was charged to a limit; without Redis this does nothing."""
        try:
            await self._client.delete(keys.limit(limit.scope))
        except FAULTS:
            return

    async def pause(self, scope: str, seconds: float) -> None:
        """Admit nothing in this scope for `seconds`, in any process; without Redis this does nothing."""
        try:
            await self._pause(keys=[keys.pause(scope)], args=[seconds])
        except FAULTS:
            return


def _of_requests(requests: Sequence[Sequence[RateLimit]]) -> tuple[list[str], list[int | str]]:
    """The keys and the arguments by which the scripts know them."""
    buckets: list[str] = []
    rates: list[str] = []
    for request in requests:
        for limit in request:
            buckets += (keys.limit(limit.scope), keys.pause(limit.scope))
            rates += _rates(limit.interval, limit.burst)
    return buckets, [len(requests), *map(len, requests), *rates]


@functools.lru_cache(maxsize=100)
def _rates(interval: float, burst: int) -> tuple[str, str]:
    """Seconds per unit and of the burst; there are as many as there are rules."""
    return repr(interval), repr(interval * (burst - 1))
