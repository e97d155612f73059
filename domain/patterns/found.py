"""Patterns, what a chat sets for them, and what an alert of one reports. Pure."""

from enum import StrEnum

import msgspec

MIN_OWNERS, MAX_OWNERS = 2, 20
"""How many owners a chat may ask for."""
MIN_MINUTES, MAX_MINUTES = 1, 1_440
"""Within which they must meet."""
DEFAULT_OWNERS, DEFAULT_MINUTES = 3, 30


class Pattern(StrEnum):
    """What followed wallets do together, or unlike themselves."""

    CONFLUENCE = "confluence"
    """Several owners bought one token within some minutes."""
    LEAVING = "leaving"
    """Several owners sold nearly all that they had of one token within some minutes."""
    ACCUMULATION = "accumulation"
    """One wallet bought one token repeatedly, in slices."""
    AWAKENING = "awakening"
    """A wallet that had done nothing for a month or longer acts."""
    MOVE = "move"
    """A wallet sent nearly all that it had to a new address, and no exchange has it."""


TOGETHER = frozenset({Pattern.CONFLUENCE, Pattern.LEAVING})
"""Patterns of several wallets: which of them count depends on what a chat follows."""


class PatternSettings(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which patterns a chat wants to be notified of.

    In a chat's settings: `{"off":["awakening"],"owners":4,"minutes":60}`.
    """

    off: frozenset[Pattern] = frozenset()
    """Of these nothing is sent."""
    owners: int = DEFAULT_OWNERS
    """So many owners make a confluence, or leave together."""
    minutes: int = DEFAULT_MINUTES
    """Within so many minutes."""


DEFAULT_PATTERNS = PatternSettings()


class Owner(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who took part: one wallet, or several that are taken for one owner's.

    In JSON: `{"wallets":["86xC…","9WzD…"],"funder":"5tzF…","usd":15900.0,"at":1764435787.0}`.
    """

    wallets: tuple[str, ...]
    """Addresses, by the time of their first part."""
    funder: str | None = None
    """Who paid several of them; None: nobody, or they paid each other."""
    usd: float | None = None
    """Dollars that they moved; None: not known of all."""
    at: float
    """When the first of them took part, Unix seconds."""


class PatternFound(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A pattern was found.

    In an alert's payload: `{"chain": "solana", "pattern": "confluence", "mint": "EKpQ…", "owners":
    [{"wallets": ["86xC…"], "at": 1764435787.0}], "first_at": 1764435787.0, "last_at": 1764435990.0,
    "event_id": 7}`.
    """

    chain: str
    pattern: Pattern
    mint: str | None = None
    """The token; None: it is about none."""
    owners: tuple[Owner, ...]
    """Who took part, in the order of time; of what one wallet did: that one."""
    first_at: float
    last_at: float
    """Unix seconds of the first and the last thing in it."""
    times: int = 1
    """Purchases, or transfers."""
    largest: float | None = None
    """Of purchases the largest one's part of all."""
    silent_seconds: float | None = None
    """For how long the wallet had done nothing."""
    silent_at_least: bool = False
    """Whether that was the least: what it had done before was not read."""
    to: str | None = None
    """Where it moved."""
    to_first_at: float | None = None
    """When that address was first seen on the chain."""
    to_acts: bool = False
    """Whether it did something itself since."""
    share: float | None = None
    """Of what the wallet had, the part that it moved."""
    unpriced: int = 0
    """Tokens that it kept and that are traded nowhere: they count as nothing."""
    event_id: int = 0
    """The alert of what was last in it."""

    @property
    def wakes(self) -> bool:
        """Whether who holds the token, or follows the wallet, may want to act at once."""
        return self.pattern in {Pattern.LEAVING, Pattern.MOVE}

    @property
    def wallet(self) -> str:
        """The only wallet, or the first."""
        return self.owners[0].wallets[0]

    @property
    def wallets(self) -> tuple[str, ...]:
        """All of them."""
        return tuple(wallet for owner in self.owners for wallet in owner.wallets)

    @property
    def usd(self) -> float | None:
        """Dollars that all moved together; None: not known of all."""
        known = [owner.usd for owner in self.owners]
        return None if None in known else sum(one for one in known if one is not None)
