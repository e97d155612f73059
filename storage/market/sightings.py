"""What patterns are found in: trades and transfers of followed wallets, and who paid whom.

The fan-out notes them once for each alert; the detectors (storage/patterns/) take what is new, and look back
by index, never over a wallet's history.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from domain.activity.activity import Activity, Kind
from domain.activity.prices import MarketFacts
from domain.patterns.reading import sightings_of
from domain.patterns.sightings import Action, Sighting
from domain.rules.lanes import market_token
from storage.postgres import Connection, Row, columns

NOTE = """
INSERT INTO pattern_sightings (alert_id, wallet_id, chain, action, mint, at, usd, before, after, party,
    lamports, is_small, by_itself)
SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::float8[],
    $7::float8[], $8::numeric[], $9::numeric[], $10::text[], $11::bigint[], $12::boolean[], $13::boolean[])
ON CONFLICT DO NOTHING
"""

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
# One detector at a time: whoever comes second finds nothing new.
TAKE = """
UPDATE pattern_sightings AS seen SET is_new = false FROM wallets
WHERE wallets.wallet_id = seen.wallet_id AND seen.ctid = ANY(ARRAY(
    SELECT ctid FROM pattern_sightings WHERE is_new ORDER BY alert_id LIMIT $1))
RETURNING seen.*, wallets.address AS wallet
"""

COLUMNS = "seen.*, wallets.address AS wallet"
MAX_LOOKED_BACK = 500
"""Of one token, or of one wallet, the latest that a detector considers."""

# ruff: noqa: S608 - the part put in is a constant above
TRADES = f"""
SELECT {COLUMNS} FROM unnest($2::text[], $3::text[]) AS asked (mint, action)
CROSS JOIN LATERAL (
    SELECT * FROM pattern_sightings
    WHERE chain = $1 AND mint = asked.mint AND action = asked.action AND at >= $4 ORDER BY at DESC LIMIT $5
) AS seen
JOIN wallets USING (wallet_id) WHERE wallet_id = ANY($6::bigint[]) ORDER BY at, alert_id
"""

OF_WALLETS = f"""
SELECT {COLUMNS} FROM unnest($1::bigint[], $2::text[]) AS asked (wallet_id, mint)
CROSS JOIN LATERAL (
    SELECT * FROM pattern_sightings AS one
    WHERE one.wallet_id = asked.wallet_id AND one.mint = asked.mint AND action IN ('buy', 'sell') AND at >= $3
    ORDER BY at DESC LIMIT $4
) AS seen
JOIN wallets ON wallets.wallet_id = seen.wallet_id ORDER BY at, alert_id
"""

SENT = f"""
SELECT {COLUMNS} FROM unnest($1::bigint[]) AS asked (wallet_id)
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

ROTATION_SECONDS = 900.0
"""Within which a sale and a purchase are one rotation."""

# What was done earlier and comes later wakes nobody, and makes nobody look younger.
WAKE = """
INSERT INTO wallet_acts AS old (wallet_id, acted_at)
SELECT * FROM unnest($1::bigint[], $2::float8[])
ON CONFLICT (wallet_id) DO UPDATE SET acted_at = greatest(old.acted_at, excluded.acted_at)
"""
ACTED = "SELECT wallet_id, acted_at FROM wallet_acts WHERE wallet_id = ANY($1::bigint[]) FOR UPDATE"

PAY = """
INSERT INTO payments AS old (chain, payer, payee, first_at, paid_at)
SELECT $1, payer, payee, at, at FROM unnest($2::text[], $3::text[], $4::float8[]) AS new (payer, payee, at)
ON CONFLICT (chain, payee, payer) DO UPDATE SET first_at = least(old.first_at, excluded.first_at),
    paid_at = greatest(old.paid_at, excluded.paid_at)
"""

Seen = tuple[int, Sighting]
"""With the id of the wallet."""


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
    purchases = [one for event in events for one in _purchase(event)]
    if not purchases:
        await connection.execute(NOTE, *rows)
        return {}
    asked = columns(purchases, 5)
    stored = await connection.fetch(NOTE_AND_ROTATIONS, *rows, *asked, ROTATION_SECONDS)
    sold = [(row["seconds"], row["alert_id"], row["mint"]) for row in stored]
    sold += [found for purchase in purchases for found in _sold_at_once(purchase, seen)]
    return {alert_id: (mint, int(seconds)) for seconds, alert_id, mint in sorted(sold, reverse=True)}


def _purchase(
    event: tuple[int, int, Activity, MarketFacts, datetime],
) -> list[tuple[int, int, str, float, float]]:
    """Alert id, wallet id, the token, dollars, and when; nothing where it is none of known worth."""
    event_id, wallet_id, activity, market, at = event
    mint = market_token(activity)
    if activity.kind is not Kind.BUY or mint is None or market.usd is None:
        return []
    return [(event_id, wallet_id, mint, float(market.usd), float(activity.block_time or at.timestamp()))]


def _sold_at_once(
    purchase: tuple[int, int, str, float, float], seen: Sequence[tuple[int, str, Sighting]]
) -> list[tuple[float, int, str]]:
    """The same as NOTE_AND_ROTATIONS asks for, among what is noted with the purchase."""
    event_id, wallet_id, mint, usd, at = purchase
    return [
        (at - one.at, event_id, one.mint)
        for seller_id, _, one in seen
        if seller_id == wallet_id
        and one.action is Action.SELL
        and one.mint != mint
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
    connection: Connection,
    *,
    chain: str,
    tokens: Sequence[tuple[str, Action]],
    wallets: Collection[int],
    since: float,
) -> dict[tuple[str, Action], list[Seen]]:
    """Purchases or sales of tokens by these wallets since a time, by time."""
    asked = (*columns(tokens, 2), since, MAX_LOOKED_BACK, sorted(wallets))
    rows = await connection.fetch(TRADES, chain, *asked)
    found: dict[tuple[str, Action], list[Seen]] = {token: [] for token in tokens}
    for row in rows:
        seen = sighting(row)
        found[seen.mint, seen.action].append((row["wallet_id"], seen))
    return found


async def trades_of_wallets(
    connection: Connection, asked: Sequence[tuple[int, str]], *, since: float
) -> dict[tuple[int, str], list[Sighting]]:
    """What wallets bought and sold of a token each since a time, by time."""
    rows = await connection.fetch(OF_WALLETS, *columns(asked, 2), since, MAX_LOOKED_BACK)
    found: dict[tuple[int, str], list[Sighting]] = {one: [] for one in asked}
    for row in rows:
        found[row["wallet_id"], row["mint"]].append(sighting(row))
    return found


async def sent_by(
    connection: Connection, wallets: Sequence[int], *, since: float
) -> dict[int, list[Sighting]]:
    """What wallets sent since a time, by time."""
    rows = await connection.fetch(SENT, list(wallets), since, MAX_LOOKED_BACK)
    found: dict[int, list[Sighting]] = {wallet_id: [] for wallet_id in wallets}
    for row in rows:
        found[row["wallet_id"]].append(sighting(row))
    return found


async def sightings_since(connection: Connection, wallet_id: int, *, alert_id: int) -> list[Sighting]:
    """What alerts from this one on tell of a wallet, by time."""
    rows = await connection.fetch(SINCE, wallet_id, alert_id, MAX_LOOKED_BACK)
    return [sighting(row) for row in rows]


async def note_acts(connection: Connection, acts: Mapping[int, float]) -> dict[int, float]:
    """Note when wallets did something last; when they had done so before, where that is known."""
    wallets = sorted(acts)
    rows = await connection.fetch(ACTED, wallets)
    await connection.execute(WAKE, wallets, [acts[wallet] for wallet in wallets])
    return {row["wallet_id"]: row["acted_at"] for row in rows}


async def note_payments(
    connection: Connection, *, chain: str, payments: Sequence[tuple[str, str, float]]
) -> None:
    """Note who paid whom, and when."""
    latest: dict[tuple[str, str], float] = {}
    for payer, payee, at in payments:
        latest[payee, payer] = max(at, latest.get((payee, payer), at))
    rows = [(payer, payee, at) for (payee, payer), at in sorted(latest.items())]
    await connection.execute(PAY, chain, *columns(rows, 3))


def _values(seen: Sighting) -> tuple[object, ...]:
    """Of the columns of NOTE behind the chain."""
    return (
        seen.action.value,
        seen.mint,
        seen.at,
        seen.usd,
        seen.before,
        seen.after,
        seen.party,
        seen.lamports,
        seen.is_small,
        seen.by_itself,
    )


def sighting(row: Row) -> Sighting:
    """The sighting in a row of `COLUMNS`."""
    before, after = row["before"], row["after"]
    return Sighting(
        wallet=row["wallet"],
        at=row["at"],
        action=Action(row["action"]),
        mint=row["mint"],
        usd=row["usd"],
        before=None if before is None else int(before),
        after=None if after is None else int(after),
        party=row["party"],
        is_small=row["is_small"],
        lamports=row["lamports"],
        by_itself=row["by_itself"],
        event_id=row["alert_id"],
    )
