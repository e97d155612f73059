"""Everything that was gathered about a token, before anything is concluded from it. Pure values.

Each part stands for one question to the chain, and is `NotRead`, with the reason, where it was not answered.
`chain/scans/` gathers them, `domain/security/scan.py` has the checks.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

import msgspec

from domain.security.checks import NotRead, Source
from domain.security.market import Market
from domain.security.mints import Metadata, Minter, MintFacts, TokenAge
from domain.sentences import Figure, Sentence, sentence


class NotAMint(msgspec.Struct, frozen=True, kw_only=True):
    """What is at the address is no token."""

    reason: Sentence
    """Without the address, to be read after `is not a token:`."""
    source: Source


class OwnerKind(StrEnum):
    """Whose hands tokens are in."""

    WALLET = "wallet"
    PROGRAM = "program"
    """An account of a program that is not known: a vault, a multisig, a vote. Counts as a holder."""
    POOL = "pool"
    CURVE = "curve"
    BURNED = "burned"
    LOCKED = "locked"
    EXCHANGE = "exchange"


FREE_FLOAT = frozenset(
    {OwnerKind.POOL, OwnerKind.CURVE, OwnerKind.BURNED, OwnerKind.LOCKED, OwnerKind.EXCHANGE}
)
"""Owners who are no single holder that could sell: they are left out of the shares."""


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """An owner and what all their token accounts that were seen hold."""

    owner: str
    raw: int
    """In the token's smallest unit."""
    kind: OwnerKind
    is_frozen: bool = False
    """Part of it is frozen."""
    unlocks_at: int | None = None
    """When a part that lies in a locker comes free next, in Unix seconds; None: none does, or unknown."""


class Holders(msgspec.Struct, frozen=True, kw_only=True):
    """The largest holders, largest first."""

    top: tuple[Holder, ...]
    supply: int
    """In the token's smallest unit, at the same time."""
    source: Source
    is_complete: bool = False
    """Every holder is among them."""
    is_lower_bound: bool = False
    """Others may hold more: only some accounts were seen."""

    @property
    def circulating(self) -> int:
        """The supply without what is burned or locked, in the token's smallest unit.

        Shares are parts of this: who makes a hundred times as many tokens as they need and burns the rest
        holds no less of those that can be sold.
        """
        gone = sum(one.raw for one in self.top if one.kind in {OwnerKind.BURNED, OwnerKind.LOCKED})
        return max(0, self.supply - gone)


class LiquidityShares(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the shares in a pool's liquidity, as parts of all of them; together 1 at most."""

    burned: Fraction = Fraction(0)
    locked: Fraction = Fraction(0)
    """By a locker, forever or for longer than counts as soon."""
    creator: Fraction = Fraction(0)
    """Still in the hands of who created the pool, free to be withdrawn."""
    unlocks_at: int | None = None
    """When some of them come free next, in Unix seconds; None: none do, or unknown."""


class Pool(msgspec.Struct, frozen=True, kw_only=True):
    """A pool in which the token trades."""

    address: str
    venue: str
    quote: str
    """The mint against which it trades, or `SOL`."""
    dollars: Decimal | None
    """Twice what sellers could get of the quote; None: the quote has no price that is known."""
    shares: LiquidityShares | NotRead
    """Whether its liquidity can be taken away; of a launch curve that of the pool that follows it."""
    program: str = ""
    """The program that owns it; empty: not known."""
    is_curve: bool = False
    """Launch curve: nobody can withdraw from it."""
    vaults: tuple[str, ...] = ()
    """Token accounts in which its two sides lie, that of the token first."""
    base_raw: int | None = None
    """What lies in it of the token, in the smallest unit; None: not shown."""
    paid_raw: int | None = None
    """As much of the token as what lies there of the quote would buy; None: not known.

    At its own price, or at that of larger pools if that is higher: who makes a pool sets its price."""
    fee: Fraction | None = None
    """The part that it keeps of each trade, where its maker sets that freely; None: its venue bounds it."""


class Liquidity(msgspec.Struct, frozen=True, kw_only=True):
    """The pools of a token that were found."""

    pools: tuple[Pool, ...]
    source: Source
    is_complete: bool = False
    """Whether every place was checked where a pool could be: then no pool means none."""
    lacks_successor: bool = False
    """Whether the token's curve is over, and no pool was found to which its money may have gone."""


class EarlierScans(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of earlier scans, to detect changes over time.

    As it is stored: `{"dollars": "412000", "supply": 1000000000000000, "creator_raw": null,
    "had_mint_authority": false, "seen_at": 1764435787, "creation": null}`.
    """

    dollars: Decimal | None = None
    """The most liquidity that was ever seen."""
    supply: int | None = None
    """The supply at the first check."""
    creator_raw: int | None = None
    """The most that the creator was seen to hold."""
    had_mint_authority: bool | None = None
    seen_at: int | None = None
    """Unix seconds of the first check."""
    creation: "Creation | None" = None
    """Who made it and when, once that is known for certain: it stays so."""


class Creation(msgspec.Struct, frozen=True, kw_only=True):
    """Who made the token, and what they did with it since.

    In an earlier scan that is stored: `{"source": {"name": "transactions"}, "creator": "86xC…", "age":
    {"created_at": 1700000000, "is_exact": true}, "creator_raw": 0}`.
    """

    source: Source
    creator: str | None = None
    """Who signed for the mint to be made: whom a launchpad names, if they signed, else who paid."""
    age: TokenAge | None = None
    creator_raw: int | None = None
    """What the creator holds now, in the smallest unit; None: not known."""
    creator_received: int | None = None
    """What the creator got at the creation or bought; None: not known."""
    frozen_accounts: int | None = None
    """Accounts of holders that are frozen now, among those checked."""
    proven_rugs: int = 0
    """Earlier tokens of this creator that ended as one, as scans of ours have found."""
    other_tokens: int = 0
    """All tokens of this creator that scans of ours have seen, besides this one."""
    insider_raw: int | None = None
    """What wallets got without buying, from the creator or at the creation; None: not known."""
    launch: Market | None = None
    """The first transactions, and where trading began: they stay what they were; None: not reached."""
    common_funder_raw: int | None = None
    """What the largest group of holders may have that one wallet funded; None: not known."""
    funders_known: int = 0
    """Of so many large holders it was found out who paid them first, and that was no exchange."""
    of_one_funder: int = 0
    """So many of these one wallet paid."""
    different_funders: int = 0
    """So many different wallets paid these."""


class TokenFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that was gathered about a token."""

    subject: str
    """The mint's address."""
    chain: str
    mint: MintFacts | NotAMint | NotRead
    mint_source: Source
    minter: Minter | None = None
    """The program that should be the only one to mint it: a stake pool of the shipped list, or a bridge."""
    metadata: Metadata | NotRead | None = NotRead(reason=sentence("its metadata was not read"))
    """None: there is none."""
    holders: Holders | NotRead = NotRead(reason=sentence("its holders were not read"))
    liquidity: Liquidity | NotRead = NotRead(reason=sentence("its pools were not read"))
    market: Market | NotRead = NotRead(reason=sentence("its trades were not read"))
    market_source: Source = Source(name="transactions")
    creation: Creation | NotRead = NotRead(reason=sentence("its creation was not read"))
    earlier: EarlierScans | None = None
    now: int | None = None
    """Unix seconds of the scan; None: not known, as with recorded answers."""


_WHOLE = 10


def first_unlock(holders: Sequence[Holder]) -> int | None:
    """When some of what lies in lockers comes free, in Unix seconds; None: none does, or unknown."""
    return min((one.unlocks_at for one in holders if one.unlocks_at is not None), default=None)


def date_of(at: int) -> str:
    """`2027-01-31`, the same in every language."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d}"


def part(raw: int, supply: int) -> Fraction:
    """Which part of the supply an amount is; of no supply none."""
    return Fraction(raw, supply) if supply > 0 else Fraction(0)


def percent(share: Fraction) -> Figure:
    """`44 %`, and `0.3 %` of a part below ten per cent."""
    value = share * 100
    is_whole = value >= _WHOLE or value == int(value)
    return Figure(f"{float(value):.0f} %" if is_whole else f"{float(value):.1f} %")
