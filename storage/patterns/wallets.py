"""Patterns of one wallet: alerts for all its followers, each at most once a day."""

from collections.abc import Sequence
from datetime import UTC, datetime

from domain.activity.exchanges import EXCHANGES
from domain.patterns.alone import (
    MAX_ADDRESS_AGE,
    MIN_MOVED_USD,
    MOVE_SECONDS,
    SLICES,
    SLICES_SECONDS,
    LastAct,
    acts,
    slept,
    slices,
)
from domain.patterns.found import PatternFound
from domain.patterns.replay import awakening_found, slices_found
from domain.patterns.sightings import Action, Sighting
from domain.patterns.together import EPISODE_SECONDS
from storage.market.sightings import note_acts, sent_by, trades_of_wallets
from storage.patterns.alerts import insert_wallet_alert
from storage.postgres import Connection, columns

# Of those that bought often enough; most have not, and nothing more is read of them.
FREQUENT = """
SELECT wallet_id, mint FROM unnest($1::bigint[], $2::text[]) AS asked (wallet_id, mint)
WHERE (SELECT count(*) FROM (
    SELECT FROM pattern_sightings AS one
    WHERE one.wallet_id = asked.wallet_id AND one.mint = asked.mint AND action IN ('buy', 'sell') AND at >= $3
    LIMIT $4) AS few) >= $4
"""

# Whether it may be announced: not if the same was within a day.
MARK = """
INSERT INTO wallet_patterns AS old (wallet_id, pattern, about, at) VALUES ($1, $2, $3, $4)
ON CONFLICT (wallet_id, pattern, about) DO UPDATE SET at = excluded.at WHERE old.at < excluded.at - $5
RETURNING wallet_id
"""

# An address that somebody dealt with earlier is no new one; one that is checked already gets its time again.
NOTE_MOVE = """
INSERT INTO wallet_moves AS old (wallet_id, address, chain, alert_id, moved_at)
SELECT $1, $2, $3, $4, $5::float8 WHERE NOT EXISTS (
    SELECT FROM payments WHERE chain = $3 AND payee = $2 AND first_at < $5::float8 - $6::float8)
ON CONFLICT (wallet_id, address) DO UPDATE SET alert_id = excluded.alert_id, moved_at = excluded.moved_at,
    remaining = NULL, checks = 0, due_at = now() WHERE old.alert_id < excluded.alert_id
"""

Seen = tuple[int, Sighting]


async def announce_sleepers(connection: Connection, *, chain: str, new: Sequence[Seen]) -> int:
    """Tell of wallets that act after a month of silence; return how many that are.

    Args:
        connection: in the transaction that takes the sightings.
        chain: of them.
        new: wallet ids and sightings, by time.
    """
    first: dict[int, Sighting] = {}
    last: dict[int, LastAct] = {}
    for wallet_id, seen in new:
        if acts(seen):
            first.setdefault(wallet_id, seen)
            last[wallet_id] = max(LastAct(seen.at), last.get(wallet_id, LastAct(0.0)))
    if not first:
        return 0
    before = await note_acts(connection, last)
    woken = [
        (wallet_id, awakening_found(chain, seen, sleep))
        for wallet_id, seen in first.items()
        if (sleep := slept(seen, before.get(wallet_id))) is not None
    ]
    return sum([await announce(connection, wallet_id, "", event) for wallet_id, event in woken])


async def announce_slices(connection: Connection, *, chain: str, new: Sequence[Seen]) -> int:
    """Tell of wallets that buy a token in slices; return how many that are.

    Args:
        connection: in the transaction that takes the sightings.
        chain: of the wallets.
        new: wallet ids and sightings, by time; only buys count.
    """
    latest = {(wallet_id, seen.mint): seen for wallet_id, seen in new if seen.action is Action.BUY}
    if not latest:
        return 0
    since = min(seen.at for seen in latest.values()) - SLICES_SECONDS
    rows = await connection.fetch(FREQUENT, *columns(sorted(latest), 2), since, SLICES)
    asked = [(row["wallet_id"], row["mint"]) for row in rows]
    if not asked:
        return 0
    number = 0
    for (wallet_id, mint), trades in (await trades_of_wallets(connection, asked, since=since)).items():
        seen = latest[wallet_id, mint]
        if (found := slices([one for one in trades if one.at <= seen.at])) is not None:
            event = slices_found(chain, seen, found.trades, found.usd, found.largest)
            number += await announce(connection, wallet_id, mint, event)
    return number


async def note_moves(connection: Connection, *, chain: str, new: Sequence[Seen]) -> int:
    """Note addresses that got a lot of a wallet, so that a worker finds out whether it moved; how many.

    Args:
        connection: in the transaction that takes the sightings.
        chain: of the wallets.
        new: wallet ids and sightings, by time; only what was sent to somebody counts.
    """
    latest = {(wallet_id, seen.party): seen for wallet_id, seen in new if _may_be_move(seen)}
    if not latest:
        return 0
    since = min(seen.at for seen in latest.values()) - MOVE_SECONDS
    sent = await sent_by(connection, sorted({wallet_id for wallet_id, _ in latest}), since=since)
    number = 0
    for (wallet_id, _), seen in latest.items():
        same = [one.usd or 0.0 for one in sent[wallet_id] if one.party == seen.party and one.at <= seen.at]
        if sum(same) >= MIN_MOVED_USD:
            values = (wallet_id, seen.party, chain, seen.event_id, seen.at, MAX_ADDRESS_AGE)
            await connection.execute(NOTE_MOVE, *values)
            number += 1
    return number


def _may_be_move(seen: Sighting) -> bool:
    return seen.action is Action.SENT and bool(seen.party) and seen.party not in EXCHANGES


async def announce(connection: Connection, wallet_id: int, about: str, event: PatternFound) -> bool:
    """Store the alert of a pattern of one wallet; False: the same was told within a day.

    Args:
        connection: in the transaction of what it reports.
        wallet_id: the row of the wallet.
        about: what makes it the same pattern again: the mint, or the other address.
        event: its last event's time decides whether a day has passed.
    """
    marked = await connection.fetchval(
        MARK, wallet_id, event.pattern.value, about, event.last_at, EPISODE_SECONDS
    )
    if marked is None:
        return False
    happened_at = datetime.fromtimestamp(event.last_at, UTC)
    await insert_wallet_alert(connection, event, wallet_id=wallet_id, happened_at=happened_at)
    return True
