"""What patterns are found in: trades and transfers of followed wallets.

The fan-out notes them once for each alert; the detectors (storage/patterns/) take what is new, and look back
by index, never over a wallet's history.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from domain.activity.activity import Activity, Kind
from domain.activity.prices import MarketFacts
from domain.patterns.alone import LastAct
from domain.patterns.sightings import Action, Sighting, sightings_of
from domain.rules.lanes import market_token
from storage.postgres import Connection, Row, columns
from storage.sql_files import read_statement

NOTE = read_statement(__name__, "NOTE")

# The latest sale of another token shortly before a purchase, for at least half as much and at most twice; of
# sales that are noted by the same statement nothing is seen.
NOTE_AND_ROTATIONS = f"""
WITH noted AS ({NOTE})
SELECT asked.alert_id, sold.mint, asked.at - sold.at AS seconds
FROM unnest($14::bigint[], $15::bigint[], $16::text[], $17::float8[], $18::float8[])
    AS asked (alert_id, wallet_id, mint, usd, at)
CROSS JOIN LATERAL (
    SELECT mint, at FROM pattern_sightings AS one
    WHERE one.wallet_id = asked.wallet_id AND action = 'sell' AND one.mint <> asked.mint
      AND one.alert_id <> asked.alert_id
      AND one.at BETWEEN asked.at - $19 AND asked.at AND one.usd BETWEEN asked.usd / 2 AND asked.usd * 2
    ORDER BY at DESC LIMIT 1) AS sold
"""
COLUMNS = """
wallets.address AS wallet, seen.at, seen.action, seen.mint, seen.usd, seen.before::text, seen.after::text,
seen.party, seen.is_small, seen.lamports, seen.by_itself, seen.alert_id
"""
"""Of a sighting, in its order. Balances are text: no other form of such numbers is read as fast."""

# ruff: noqa: S608 - the part put in is the constant above
# One detector at a time: whoever comes second finds nothing new.
TAKE = f"""
UPDATE pattern_sightings AS seen SET is_new = false FROM wallets
WHERE wallets.wallet_id = seen.wallet_id AND seen.ctid = ANY(ARRAY(
    SELECT ctid FROM pattern_sightings WHERE is_new ORDER BY alert_id LIMIT $1))
RETURNING seen.chain, seen.wallet_id, {COLUMNS}
"""

MAX_LOOKBACK = 500
"""Of one token, or of one wallet, the latest that a detector considers."""

MAX_OF_WALLET = 200
"""Of each wallet and token where several are asked for, so that none hides the others."""

# What no detector has taken counts once one takes it. A wallet is of one chain.
TRADES = f"""
SELECT seen.wallet_id, {COLUMNS} FROM unnest($1::text[], $2::text[], $3::float8[], $4::bigint[])
    AS asked (mint, action, since, wallet_id)
CROSS JOIN LATERAL (
    SELECT * FROM pattern_sightings AS one
    WHERE one.wallet_id = asked.wallet_id AND one.mint = asked.mint AND action IN ('buy', 'sell')
      AND one.at >= asked.since AND one.action = asked.action AND NOT one.is_new
    ORDER BY at DESC LIMIT $5
) AS seen
JOIN wallets ON wallets.wallet_id = seen.wallet_id ORDER BY at, alert_id
"""

OF_WALLETS = f"""
SELECT seen.wallet_id, {COLUMNS} FROM unnest($1::bigint[], $2::text[]) AS asked (wallet_id, mint)
CROSS JOIN LATERAL (
    SELECT * FROM pattern_sightings AS one
    WHERE one.wallet_id = asked.wallet_id AND one.mint = asked.mint AND action IN ('buy', 'sell') AND at >= $3
    ORDER BY at DESC LIMIT $4
) AS seen
JOIN wallets ON wallets.wallet_id = seen.wallet_id ORDER BY at, alert_id
"""

SENT = f"""
SELECT seen.wallet_id, {COLUMNS} FROM unnest($1::bigint[]) AS asked (wallet_id)
CROSS JOIN LATERAL (
    SELECT * FROM pattern_sightings AS one
    WHERE one.wallet_id = asked.wallet_id AND action = 'sent' AND at >= $2 ORDER BY at DESC LIMIT $3
) AS seen
JOIN wallets ON wallets.wallet_id = seen.wallet_id ORDER BY at, alert_id
"""

# By the key: of what came after an alert, which is little.
SINCE = f"""
SELECT {COLUMNS} FROM pattern_sightings AS seen JOIN wallets USING (wallet_id)
WHERE seen.alert_id >= $2 AND wallet_id = $1 ORDER BY at, alert_id LIMIT $3
"""

_ACTIONS = {action.value: action for action in Action}

ROTATION_SECONDS = 900.0
"""Within which a sale and a purchase are one rotation."""

# An activity that was done earlier and stored later wakes no sleeper, and makes no wallet look younger.
WAKE = """
INSERT INTO wallet_acts AS old (wallet_id, acted_at, is_bound)
SELECT * FROM unnest($1::bigint[], $2::float8[], $3::boolean[])
ON CONFLICT (wallet_id) DO UPDATE SET acted_at = excluded.acted_at, is_bound = excluded.is_bound
    WHERE excluded.acted_at >= old.acted_at
"""
ACTED = "SELECT wallet_id, acted_at, is_bound FROM wallet_acts WHERE wallet_id = ANY($1::bigint[]) FOR UPDATE"


Seen = tuple[int, Sighting]
"""With the id of the wallet."""
Purchase = tuple[int, int, str, float, float]
"""Alert id, wallet id, the token, dollars, and when."""


async def note_sightings(
    connection: Connection, events: Sequence[tuple[int, int, Activity, MarketFacts, datetime]]
) -> dict[int, tuple[str, int]]:
    """Note what new alerts tell; what their purchases were made with. Call it once for each.

    Args:
        connection: in the transaction that stores that the alerts were decided.
        events: alert id, wallet id, what happened, its worth, and when.

    Returns:
        By alert id, the token that the wallet sold shortly before a purchase, and how many seconds before.
    """
    seen = [
        (wallet_id, activity.chain, one)
        for event_id, wallet_id, activity, market, at in events
        for one in sightings_of(
            activity, usd=market.usd, market_cap=market.market_cap, at=at.timestamp(), event_id=event_id
        )
    ]
    if not seen:
        return {}
    rows = columns([(one.event_id, wallet_id, chain, *_values(one)) for wallet_id, chain, one in seen], 13)
    purchases = [one for event in events if (one := _purchase(event)) is not None]
    if not purchases:
        await connection.execute(NOTE, *rows)
        return {}
    asked = columns(purchases, 5)
    stored = await connection.fetch(NOTE_AND_ROTATIONS, *rows, *asked, ROTATION_SECONDS)
    sold = [(row["seconds"], row["alert_id"], row["mint"]) for row in stored]
    sold += _sold_at_once(purchases, seen)
    return {alert_id: (mint, int(seconds)) for seconds, alert_id, mint in sorted(sold, reverse=True)}


def _purchase(
    event: tuple[int, int, Activity, MarketFacts, datetime],
) -> Purchase | None:
    """None: it is none of known worth."""
    event_id, wallet_id, activity, market, at = event
    if activity.kind is not Kind.BUY or market.usd is None or (mint := market_token(activity)) is None:
        return None
    return event_id, wallet_id, mint, float(market.usd), float(activity.block_time or at.timestamp())


def _sold_at_once(
    purchases: Sequence[Purchase], seen: Sequence[tuple[int, str, Sighting]]
) -> list[tuple[float, int, str]]:
    """The same as NOTE_AND_ROTATIONS asks for, among what is noted with the purchases."""
    sales: dict[int, list[Sighting]] = defaultdict(list)
    for seller_id, _, one in seen:
        if one.action is Action.SELL:
            sales[seller_id].append(one)
    return [
        (at - one.at, event_id, one.mint)
        for event_id, wallet_id, mint, usd, at in purchases
        for one in sales.get(wallet_id, ())
        if one.mint != mint
        and one.event_id != event_id
        and 0 <= at - one.at <= ROTATION_SECONDS
        and one.usd is not None
        and usd / 2 <= one.usd <= usd * 2
    ]


async def take_sightings(connection: Connection, *, limit: int) -> list[tuple[str, int, Sighting]]:
    """The oldest that no detector has taken, with chain and wallet id, by time; they are taken now."""
    rows = await connection.fetch(TAKE, limit)
    found = [(row["chain"], row["wallet_id"], sighting(row)) for row in rows]
    return sorted(found, key=lambda one: (one[2].at, one[2].event_id))


async def trades_of(
    connection: Connection, asked: Mapping[tuple[str, Action], tuple[float, Collection[int]]]
) -> dict[tuple[str, Action], list[Seen]]:
    """Purchases or sales of tokens, each since its time and by its wallets, by time."""
    each = [(*token, since, one) for token, (since, wallets) in asked.items() for one in sorted(wallets)]
    rows = await connection.fetch(TRADES, *columns(each, 4), MAX_OF_WALLET)
    found: dict[tuple[str, Action], list[Seen]] = {token: [] for token in asked}
    for row in rows:
        seen = sighting(row)
        found[seen.mint, seen.action].append((row["wallet_id"], seen))
    return found


async def trades_of_wallets(
    connection: Connection, asked: Sequence[tuple[int, str]], *, since: float
) -> dict[tuple[int, str], list[Sighting]]:
    """What wallets bought and sold of a token each since a time, by time.

    Args:
        connection: it is only read.
        asked: wallet id and mint; each has an entry in the answer.
        since: Unix seconds; of each the latest MAX_LOOKBACK.
    """
    rows = await connection.fetch(OF_WALLETS, *columns(asked, 2), since, MAX_LOOKBACK)
    found: dict[tuple[int, str], list[Sighting]] = {one: [] for one in asked}
    for row in rows:
        found[row["wallet_id"], row["mint"]].append(sighting(row))
    return found


async def sent_by(
    connection: Connection, wallets: Sequence[int], *, since: float
) -> dict[int, list[Sighting]]:
    """What wallets sent since a time, by time.

    Args:
        connection: it is only read.
        wallets: their ids; each has an entry in the answer.
        since: Unix seconds; of each the latest MAX_LOOKBACK.
    """
    rows = await connection.fetch(SENT, list(wallets), since, MAX_LOOKBACK)
    found: dict[int, list[Sighting]] = {wallet_id: [] for wallet_id in wallets}
    for row in rows:
        found[row["wallet_id"]].append(sighting(row))
    return found


async def sightings_since(connection: Connection, wallet_id: int, *, alert_id: int) -> list[Sighting]:
    """What alerts from this one on tell of a wallet, by time.

    Args:
        connection: it is only read.
        wallet_id: whose.
        alert_id: the first; no more than MAX_LOOKBACK are read.
    """
    rows = await connection.fetch(SINCE, wallet_id, alert_id, MAX_LOOKBACK)
    return [sighting(row) for row in rows]


async def note_acts(connection: Connection, acts: Mapping[int, LastAct]) -> dict[int, LastAct]:
    """Note when wallets did something last; when they had done so before, where that is known."""
    wallets = sorted(acts)
    rows = await connection.fetch(ACTED, wallets)
    await connection.execute(WAKE, *columns([(wallet, *acts[wallet]) for wallet in wallets], 3))
    return {row["wallet_id"]: LastAct(row["acted_at"], row["is_bound"]) for row in rows}


def _values(seen: Sighting) -> tuple[object, ...]:
    """Of the columns of NOTE behind the chain."""
    return (
        seen.action.value,
        seen.mint,
        seen.at,
        seen.usd,
        None if seen.before is None else str(seen.before),
        None if seen.after is None else str(seen.after),
        seen.party,
        seen.lamports,
        seen.is_small,
        seen.by_itself,
    )


def sighting(row: Row) -> Sighting:
    """The sighting in a row of `COLUMNS`."""
    wallet, at, action, mint, usd, before, after, party, is_small, lamports, by_itself, alert_id = row[-12:]
    return Sighting(
        wallet,
        at,
        _ACTIONS[action],
        mint,
        usd,
        None if before is None else int(before),
        None if after is None else int(after),
        party,
        is_small,
        lamports,
        None,
        by_itself,
        alert_id,
    )
