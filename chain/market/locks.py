"""Accounts of lockers -> how much of what lies there is locked now, and who gets it in the end. Pure.

A lock that somebody can cancel, or whose pace somebody can raise, is none. Layouts: `jup-lock`
(`VestingEscrow`) and Streamflow's `js-sdk` (`streamLayout`); all numbers are little endian. Streamflow keeps
the tokens in an account that owns itself, at an address derived from the lock's.
"""

import hashlib

import base58
from msgspec import Struct
from solders.pubkey import Pubkey

from chain.parsing.accounts import AccountData

JUPITER_LOCK = "LocpQgucEQHbqNABEYvBvwoxCPsSbG91A1QaQhQQqjn"
STREAMFLOW = "strmRqUCoQUgGUan5YhzUZa6KqdzwX5L6FpUxfmKg5m"
STREAMFLOW_MINT_AT = 177
SOON_SECONDS = 30 * 86_400
"""What comes free within so long counts as free: nobody who buys today is safe from it."""
LAST_DATE = 253_402_300_799
"""The last second that has a date; what comes free later never does."""
_JUPITER_BYTES, _STREAMFLOW_BYTES = 208, 672
_ESCROW = hashlib.sha256(b"account:VestingEscrow").digest()[:8]
_STREAM = hashlib.sha256(b"account:Contract").digest()[:8]
"""How accounts of locks begin: both programs have others, whose makers choose what stands where."""


class Lock(Struct, frozen=True, kw_only=True):
    """Tokens that nobody can take before their time."""

    mint: str
    beneficiary: str
    """Who gets them."""
    schedule: "Schedule"
    taken: int
    """What the beneficiary has taken so far."""

    def free(self, now: int) -> int:
        """Return what the beneficiary can take at this time, in the smallest unit."""
        return max(0, self.schedule.unlocked(now) - self.taken)

    def unlocked_soon(self, now: int) -> int:
        """The same with all that comes free within `SOON_SECONDS`."""
        return self.free(now + SOON_SECONDS)


class Schedule(Struct, frozen=True, kw_only=True):
    """What is unlocked when; times are Unix seconds."""

    begins: int
    """When the first part is unlocked."""
    first: int
    """That part, in the smallest unit."""
    period: int
    """Seconds between the others."""
    part: int
    """Each of these."""
    total: int
    """All parts together."""

    def unlocked(self, now: int) -> int:
        """All that is unlocked by this time."""
        if now < self.begins:
            return 0
        periods = (now - self.begins) // self.period if self.period else 0
        return min(self.total, self.first + periods * self.part)

    def next_unlock(self, now: int) -> int | None:
        """When more of it comes free, in Unix seconds; None: it never does."""
        if self.unlocked(now) >= self.total:
            return None
        if now < self.begins and self.first:
            at = self.begins
        elif self.period and self.part:
            at = self.begins + (max(0, now - self.begins) // self.period + 1) * self.period
        else:
            return None
        return at if at <= LAST_DATE else None


def read_lock(account: AccountData) -> Lock | None:
    """The lock that an account describes; None: no lock, or one that its maker can undo."""
    if account.owner == JUPITER_LOCK:
        return _jupiter(account.data)
    return _streamflow(account.data) if account.owner == STREAMFLOW else None


def streamflow_vault(lock: str) -> str:
    """Return where Streamflow keeps the tokens of a lock; the token account there owns itself."""
    seeds = [b"strm", bytes(Pubkey.from_string(lock))]
    return str(Pubkey.find_program_address(seeds, Pubkey.from_string(STREAMFLOW))[0])


def _jupiter(data: bytes) -> Lock | None:
    cancel_mode, cancelled_at = data[138:139], data[200:208]
    if not data.startswith(_ESCROW) or len(data) < _JUPITER_BYTES:
        return None
    if cancel_mode != b"\0" or any(cancelled_at):
        return None
    first, part, periods = (_unsigned(data, at) for at in (160, 168, 176))
    return Lock(
        mint=_key(data, 40),
        beneficiary=_key(data, 8),
        schedule=Schedule(
            begins=_unsigned(data, 144),
            first=first,
            period=_unsigned(data, 152),
            part=part,
            total=first + part * periods,
        ),
        taken=_unsigned(data, 184),
    )


_UNDONE_BY = (457, 458, 540)
"""Flags: the sender can cancel it, the recipient can, its pace can be changed."""
_CANCELLED_AT, _CLOSED = slice(25, 33), 671


def _streamflow(data: bytes) -> Lock | None:
    if not data.startswith(_STREAM) or len(data) < _STREAMFLOW_BYTES:
        return None
    if any(data[at] for at in (*_UNDONE_BY, _CLOSED)) or any(data[_CANCELLED_AT]):
        return None
    start, cliff = _unsigned(data, 409), _unsigned(data, 441)
    return Lock(
        mint=_key(data, STREAMFLOW_MINT_AT),
        beneficiary=_key(data, 113),
        schedule=Schedule(
            begins=cliff or start,
            first=_unsigned(data, 449),
            period=_unsigned(data, 425),
            part=_unsigned(data, 433),
            total=_unsigned(data, 417),
        ),
        taken=_unsigned(data, 17),
    )


def _unsigned(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 8], "little")


def _key(data: bytes, at: int) -> str:
    return base58.b58encode(data[at : at + 32]).decode()
