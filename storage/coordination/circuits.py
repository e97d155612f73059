"""The state of a circuit breaker in Redis, on the server's clock: all processes stand still together.

The states and who may do what in each: domain/circuits.py.
"""

from redis.asyncio import Redis

from domain.circuits import Asker, Leave, Timing
from storage import keys
from storage.redis import FAULTS

TELEGRAM = "telegram"
"""The breaker of the Bot API."""
LIFE_MS = 600_000
"""A state that nobody touched for so long is forgotten: the breaker is closed."""

# KEYS: the state, a hash: failures, next_at (seconds), half_open_at (0: open).
# ARGV: what is done, then what it needs. Answer of `ask`: the leave and the seconds to wait, as texts.
#
# A time further ahead than any pause, or no number, was written by others, or before the clock was set back:
# it counts as over, so that nothing stands still for ever.
_CIRCUIT = """
local clock = redis.call('TIME')
local now = tonumber(clock[1]) + tonumber(clock[2]) / 1000000
local function read(name, most, otherwise)
  local value = tonumber(redis.call('HGET', KEYS[1], name) or 0) or otherwise
  return value >= 0 and value <= most and value or otherwise
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
    if asker == 'repeat' then at = math.max(at, half_open_at + tonumber(ARGV[6])) end
  end
  if at > now then return {'wait', string.format('%.6f', at - now)} end
  write(failures, now + seconds, half_open_at)
  return {leave, '0'}
end
return {'done', '0'}
"""


class SharedCircuit:
    """The state of one breaker, shared by all processes; each method answers None if Redis is away."""

    def __init__(self, client: Redis, name: str) -> None:
        self._key = keys.circuit(name)
        self._script = client.register_script(_CIRCUIT)

    async def ask(self, asker: Asker, timing: Timing) -> tuple[Leave, float] | None:
        """What the asker may do, and with WAIT the seconds to wait."""
        answer = await self._run("ask", asker.value, timing.probe, timing.trial, timing.repeat_patience)
        return None if answer is None else (Leave(answer[0]), float(answer[1]))

    async def failed(self, timing: Timing, chance: float) -> bool | None:
        """A send got no answer."""
        return await self._do("failed", timing.first_wait, timing.max_wait, chance)

    async def probed(self, timing: Timing, chance: float, *, answered: bool) -> bool | None:
        """The asker that was to probe has done it."""
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
