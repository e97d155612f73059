"""Facts that gates need beyond the activity: its worth, and what the wallet owned of the token before.

What a wallet owns is what it was seen to receive and pay since it
was followed; if that does not suffice, the fact is unknown. An activity that happened later but was seen
earlier counts, too: so of two sells the one that is seen last is the exit, in either order.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from msgspec import structs

from domain.activity.activity import SOL, TRADES, Activity, Kind
from domain.activity.prices import DOLLAR_MINTS, REMEMBERED, Dollars, MarketFacts, TokenSupply, market_of
from domain.rules.gates import NO_FACTS, Facts
from domain.rules.lanes import market_token
from domain.rules.rules import DEFAULT_SETTINGS, NO_RULES, Watch, counting_rules
from domain.rules.spam import WELL_KNOWN
from storage.market.candles import CERTAIN, LATEST, MAX_TRADED_AGE
from storage.market.dollars import FILLS, PRICED, believed_dollars, with_staked
from storage.market.holdings import have_sent_all
from storage.market.own_history import own_history
from storage.market.unsolicited import with_sender
from storage.postgres import Connection, Row
from storage.sql_files import read_statement

MAX_HISTORY = 2_000
"""Earlier activities of one wallet that are read; with more than that the fact may be unknown."""

HISTORY = read_statement(__name__, "HISTORY")


AGES = "SELECT created_at, first_seen_at FROM tokens WHERE chain = $1 AND mint = $2"
# What is known of tokens, and what those that stand for staked SOL are worth in it. In one statement with the
# prices of what they are paid in, since each way to the database delays a message.
KNOWN = f"""
SELECT at, mint, usd, wallet, seen_at, is_certain, NULL::int AS decimals, NULL::numeric AS supply,
    NULL::timestamptz AS created_at, NULL::numeric AS sol
FROM ({FILLS}) AS fills
UNION ALL
SELECT NULL, asked.mint, NULL, NULL, NULL, NULL, decimals, supply, created_at, sol
FROM unnest($5::text[]) AS asked (mint)
LEFT JOIN tokens ON tokens.chain = $1 AND tokens.mint = asked.mint
LEFT JOIN stake_rates ON stake_rates.chain = $1 AND stake_rates.mint = asked.mint
    AND read_at > now() - interval '3 days'
"""  # noqa: S608 - a constant


async def markets_of(
    connection: Connection, events: Sequence[tuple[Activity, datetime]]
) -> list[MarketFacts]:
    """What each activity was worth when it happened.

    Args:
        connection: to the database.
        events: activities of one chain or several, and when they happened.
    """
    dollars: dict[tuple[str, datetime], dict[str, Decimal]] = {}
    supplies: dict[tuple[str, str], TokenSupply] = {}
    others: dict[str, _OtherPrices] = {}
    uncertain: set[tuple[str, datetime]] = set()
    for chain in {activity.chain for activity, _ in events}:
        of_chain = [(activity, at) for activity, at in events if activity.chain == chain]
        moments = sorted({at for _, at in of_chain})
        mints = sorted({mint for activity, _ in of_chain if (mint := market_token(activity)) is not None})
        asked = sorted({*mints, *_others([one for one, _ in of_chain])})
        rows = await connection.fetch(KNOWN, chain, PRICED, moments, REMEMBERED, asked)
        known, uncertain_moments = believed_dollars(
            (row for row in rows if row["at"] is not None), chain, moments
        )
        dollars.update(known)
        uncertain |= {(chain, at) for at in uncertain_moments}
        found = _known(chain, [row for row in rows if row["at"] is None])
        supplies.update(found.supplies)
        others[chain] = await _prices_of_others(connection, chain, [one for one, _ in of_chain], found.rates)
    return [
        structs.replace(
            _market_of(
                activity,
                dollars[activity.chain, at],
                others[activity.chain],
                supplies.get((activity.chain, market_token(activity) or "")),
            ),
            is_sol_certain=(activity.chain, at) not in uncertain,
        )
        for activity, at in events
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _OtherPrices:
    """Of what is neither SOL nor a dollar."""

    rates: Dollars
    """SOL for one that stands for staked SOL."""
    traded: Dollars
    """What trades alone showed recently; only of tokens that moved without a trade, as the next."""
    certain: Dollars
    """What pools of enough depth showed recently."""


def _market_of(
    activity: Activity, dollars: Dollars, others: _OtherPrices, token: TokenSupply | None
) -> MarketFacts:
    """What a trade was worth follows from what it was made with; anything else from what others showed.

    A trade of token for token is worth what deep pools of either showed; what trades alone did, is no worth.
    """
    known = with_staked(dollars, others.rates)
    if activity.kind in TRADES:
        return market_of(activity, {**others.certain, **known}, token)
    found = market_of(activity, {**others.traded, **others.certain, **known}, token)
    moved = {leg.mint for leg in (*activity.paid, *activity.received)}
    uncertain = moved & others.traded.keys() - others.certain.keys() - known.keys() - WELL_KNOWN
    return structs.replace(found, is_usd_certain=not uncertain)


@dataclass(frozen=True, slots=True, kw_only=True)
class _KnownTokens:
    """What is stored of tokens themselves."""

    supplies: Mapping[tuple[str, str], TokenSupply]
    """By chain and mint."""
    rates: Dollars
    """SOL for one that stands for staked SOL, by mint."""


def _known(chain: str, rows: Sequence[Row]) -> _KnownTokens:
    return _KnownTokens(
        supplies={
            (chain, row["mint"]): TokenSupply(
                decimals=row["decimals"],
                supply=None if row["supply"] is None else int(row["supply"]),
                created_at=row["created_at"],
            )
            for row in rows
            if row["decimals"] is not None
        },
        rates={row["mint"]: row["sol"] for row in rows if row["sol"] is not None},
    )


def _others(activities: Sequence[Activity]) -> frozenset[str]:
    """What moved that is neither SOL nor a dollar."""
    moved = (leg.mint for one in activities for leg in (*one.paid, *one.received))
    return frozenset(moved) - _MONEY


_MONEY = DOLLAR_MINTS | {SOL}


async def _prices_of_others(
    connection: Connection, chain: str, activities: Sequence[Activity], rates: Dollars
) -> _OtherPrices:
    """Of what moved without any money on the other side: in a transfer, or from token to token."""
    mints = sorted({mint for one in activities if not _is_paid_in_money(one) for mint in _others([one])})
    asked = (chain, mints, MAX_TRADED_AGE)
    traded = await connection.fetch(LATEST, *asked) if mints else []
    certain = await connection.fetch(CERTAIN, *asked) if mints else []
    return _OtherPrices(
        rates=rates,
        traded={row["mint"]: row["close"] for row in traded},
        certain={row["mint"]: row["certain_close"] for row in certain},
    )


def _is_paid_in_money(activity: Activity) -> bool:
    given, got = activity.sides
    return activity.kind in TRADES and any(leg.mint in _MONEY for leg in (*given, *got))


async def facts_for(
    connection: Connection,
    activity: Activity,
    watches: Iterable[Watch],
    *,
    market: MarketFacts,
    happened_at: datetime,
    stored_at: datetime,
) -> Facts:
    """The facts that the rules of these watches may ask for; if they have none, only whether it is spam.

    Args:
        connection: in the transaction of the fan-out.
        activity: the event.
        watches: that may get it; their rules decide what is looked up.
        market: what is known of the token at that moment.
        happened_at: block time; ages are counted up to it.
        stored_at: when its alert was stored; what was stored later does not count as before it.
    """
    known = replace(
        NO_FACTS,
        usd=market.usd,
        is_usd_certain=market.is_usd_certain,
        market_cap=market.market_cap,
        liquidity=market.liquidity,
    )
    known = await with_sender(connection, activity, known, stored_at=stored_at)
    if not any(map(_asks, watches)):
        return known
    first_buy, full_exit = await _before(connection, activity, stored_at)
    facts = replace(known, first_buy=first_buy, full_exit=full_exit)
    if any(watch.noise is not None or _percentile(watch) for watch in watches):
        own = await own_history(connection, activity, market, happened_at=happened_at, stored_at=stored_at)
        facts = replace(facts, own=own)
    return await _with_age(connection, activity, happened_at, facts)


def _asks(watch: Watch) -> bool:
    """Whether anything is asked of the wallet's past: by what is set, or since its exit may hurt."""
    return watch.is_holder or watch.rules != NO_RULES or watch.settings != DEFAULT_SETTINGS


def _percentile(watch: Watch) -> int | None:
    return counting_rules(watch).min_percentile


async def _with_age(connection: Connection, activity: Activity, seen_at: datetime, facts: Facts) -> Facts:
    """Add the age of its token."""
    mint = market_token(activity)
    row = None if mint is None else await connection.fetchrow(AGES, activity.chain, mint)
    if row is None:
        return facts
    return replace(
        facts,
        token_age=None if row["created_at"] is None else seen_at - row["created_at"],
        token_age_at_least=seen_at - row["first_seen_at"],
    )


async def _before(
    connection: Connection, activity: Activity, stored_at: datetime
) -> tuple[bool | None, bool | None]:
    """Whether it is the first buy of its token, and whether it is a full exit, or a transfer of all."""
    if activity.kind is Kind.TRANSFER_OUT:
        return None, (await have_sent_all(connection, [activity]))[0]
    legs = {Kind.BUY: activity.received, Kind.SELL: activity.paid, Kind.SWAP: activity.paid}.get(
        activity.kind, ()
    )
    tokens = [leg for leg in legs if leg.mint not in DOLLAR_MINTS and leg.mint != SOL]
    if len(tokens) != 1:
        return None, None
    row = await connection.fetchrow(
        HISTORY,
        activity.chain,
        activity.wallet,
        activity.slot,
        tokens[0].mint,
        MAX_HISTORY,
        activity.signature,
        activity.index,
        stored_at,
    )
    if row is None or row["same_slot"]:  # the order of two transactions of one slot is not known
        return None, None
    cut, left = row["activities"] >= MAX_HISTORY, row["received"] - row["paid"]
    if activity.kind is Kind.BUY:
        return (False if row["received"] > 0 else None if cut else True), None
    return None, None if cut or left <= 0 else tokens[0].raw >= left
