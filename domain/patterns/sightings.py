"""Sightings, the input of pattern detectors: one wallet in one transaction, read from its activity. Pure."""

from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from domain.activity.activity import SOL, WRAPPED_SOL, Activity, Kind
from domain.activity.exits import given_balances
from domain.activity.prices import DOLLAR_MINTS

SMALL_MARKET_CAP = Decimal(10_000_000)
"""Dollars. No exchange of those that people deposit on takes a token that is worth less altogether."""
_SOL_MINTS = frozenset({SOL, WRAPPED_SOL})
_MONEY = DOLLAR_MINTS | _SOL_MINTS
_TRADES = frozenset({Kind.BUY, Kind.SELL, Kind.SWAP})
_BY_OTHERS = frozenset({Kind.TRANSFER_IN, Kind.MINT})
"""What a wallet may have had no part in."""


class Action(StrEnum):
    """What the wallet did, as far as a pattern asks for it."""

    BUY = "buy"
    SELL = "sell"
    SENT = "sent"
    GOT = "got"
    OTHER = "other"
    """Something else that it did itself."""


class Sighting(NamedTuple):
    """One wallet in one transaction."""

    wallet: str
    at: float
    """Block time, Unix seconds."""
    action: Action
    mint: str = ""
    """The token that was traded, or what was sent; `SOL` for native and wrapped SOL; empty: none."""
    usd: float | None = None
    """Dollars that changed hands, near enough for thresholds; None: not known."""
    before: int | None = None
    """What the wallet held of the token before, raw; None: not known."""
    after: int | None = None
    party: str = ""
    """Who got what was sent, or sent what was got; empty: nobody in particular."""
    is_small: bool = False
    """Whether the market of what was sent is known, and too small for any exchange to take the token."""
    lamports: int = 0
    """SOL that was sent or got."""
    book: float | None = None
    """Dollars that the wallet had before what it sent, that included; None: not known."""
    by_itself: bool = True
    """Whether the wallet signed; not known counts as yes."""
    event_id: int = 0
    """Of the alert that reports it; 0: none does."""


class PastOfAddress(NamedTuple):
    """What a chain shows of an address that value went to."""

    first_at: float | None
    """Its first transaction, Unix seconds; None: it is older than what was read."""
    passed_on: float = 0.0
    """The part of what it got that it has sent on in plain transfers, of every kind the largest part."""
    acts: bool = False
    """Whether it did anything itself but send on: traded, staked, opened a position."""
    seen_until: float = 0.0
    """Up to when this was read, Unix seconds."""


def sightings_of(
    activity: Activity, *, usd: Decimal | None, market_cap: Decimal | None, at: float, event_id: int
) -> list[Sighting]:
    """Return what an activity shows; nothing where strangers only sent something that is no money.

    Args:
        activity: what happened.
        usd: dollars that changed hands; None: not known.
        market_cap: of its token; None: not known.
        at: when, Unix seconds.
        event_id: of its alert.
    """
    kind = activity.kind
    common = Sighting(
        wallet=activity.wallet,
        at=at,
        action=Action.OTHER,
        usd=None if usd is None else float(usd),
        by_itself=activity.is_signer is not False and kind not in _BY_OTHERS,
        event_id=event_id,
    )
    if kind in _TRADES:
        return _trades(activity, common) or [common]
    if kind is Kind.TRANSFER_OUT:
        return [_sent(activity, common, market_cap)]
    if kind is Kind.TRANSFER_IN:
        return _got(activity, common)
    return [common] if kind not in _BY_OTHERS else []


def _trades(activity: Activity, common: Sighting) -> list[Sighting]:
    """A purchase of what came in and a sale of what went out, money aside; both: the wallet rotated."""
    found = []
    given = activity.paid or activity.from_order
    for action, legs in ((Action.SELL, given), (Action.BUY, activity.received)):
        mints = {leg.mint for leg in legs if leg.mint not in _MONEY}
        if len(mints) != 1:
            continue
        (mint,) = mints
        before, after = _balances(activity, action, mint)
        found.append(common._replace(action=action, mint=mint, before=before, after=after))
    return found


def _balances(activity: Activity, action: Action, mint: str) -> tuple[int | None, int | None]:
    """What the wallet had of a token that it traded, and has; None: not known."""
    if activity.kind is Kind.SWAP and action is Action.SELL:
        return given_balances(activity)
    is_priced = activity.price is not None and activity.price.token == mint
    is_traded = is_priced or activity.kind is not Kind.SWAP
    return (activity.token_before, activity.token_after) if is_traded else (None, None)


def _sent(activity: Activity, common: Sighting, market_cap: Decimal | None) -> Sighting:
    mints = [leg.mint for leg in activity.paid]
    return common._replace(
        action=Action.SENT,
        mint=mints[0] if mints else "",
        party="" if activity.bridge else activity.counterparty or "",
        is_small=market_cap is not None and market_cap < SMALL_MARKET_CAP and not _MONEY.intersection(mints),
        lamports=sum(leg.raw for leg in activity.paid if leg.mint in _SOL_MINTS),
    )


def _got(activity: Activity, common: Sighting) -> list[Sighting]:
    legs = [leg for leg in activity.received if leg.mint in _MONEY]
    if not legs or activity.counterparty is None or activity.bridge:
        return []
    lamports = sum(leg.raw for leg in legs if leg.mint in _SOL_MINTS)
    return [
        common._replace(action=Action.GOT, mint=legs[0].mint, party=activity.counterparty, lamports=lamports)
    ]
