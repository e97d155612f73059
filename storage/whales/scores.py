"""What whales that searches found have made: read once a week at most, the largest first."""

import msgspec

from domain.positions.whale_scores import WhaleScore
from domain.whale_search import Whale
from storage.postgres import Database, Row
from storage.whales.addresses import whale_of

NEXT = """
SELECT address FROM whale_addresses LEFT JOIN whale_scores USING (chain, address)
WHERE whale_addresses.chain = $1 AND coalesce(scored_at, '-infinity') < now() - make_interval(days => $2)
ORDER BY scored_at NULLS FIRST, volume DESC, address LIMIT 1
"""
SAVE = """
INSERT INTO whale_scores (chain, address, score, value) VALUES ($1, $2, $3, $4)
ON CONFLICT (chain, address) DO UPDATE
    SET score = excluded.score, value = excluded.value, scored_at = now()
"""

# Those worth following first, the best of them, then the others by volume.
BEST = """
SELECT address, times_seen, volume, largest, kinds, venues, first_seen_at, last_seen_at, last_slot, score
FROM whale_addresses LEFT JOIN whale_scores USING (chain, address)
WHERE whale_addresses.chain = $1
ORDER BY value DESC NULLS LAST, volume DESC, address LIMIT $2 OFFSET $3
"""
WORTH = """
SELECT address FROM whale_scores AS found WHERE chain = $1 AND value IS NOT NULL AND NOT EXISTS (
    SELECT FROM wallets
    WHERE wallets.chain = $1 AND wallets.address = found.address AND banned_reason IS NOT NULL)
ORDER BY value DESC, address LIMIT $2
"""
SCORES = """
SELECT address, score FROM whale_scores WHERE chain = $1 AND score IS NOT NULL
ORDER BY scored_at DESC, address LIMIT $2
"""
SCORED_DAYS = 7


async def next_to_score(database: Database, *, chain: str) -> str | None:
    """The address that was scored longest ago, or never; None: all are scored."""
    found: str | None = await database.fetchval(NEXT, chain, SCORED_DAYS)
    return found


async def save_score(database: Database, *, chain: str, address: str, score: WhaleScore | None) -> None:
    """Store what an address has made; None: its transactions cannot be read, and it is not the next again.

    Args:
        database: one statement, committed by itself.
        chain: of the address.
        address: one that a whale search found.
        score: its `value` orders the addresses; without one it is not worth following.
    """
    encoded = None if score is None else msgspec.json.encode(score).decode()
    value = None if score is None else score.value
    await database.execute(SAVE, chain, address, encoded, value)


async def best_whales(
    database: Database, *, chain: str, limit: int, after: int = 0
) -> list[tuple[Whale, WhaleScore | None]]:
    """The addresses, those worth following first, without the first `after`; None: not scored yet.

    Args:
        database: it is only read.
        chain: of the addresses.
        limit: how many at most.
        after: how many are passed over: those of the pages before.
    """
    return [(_whale(row), _score(row)) for row in await database.fetch(BEST, chain, limit, after)]


async def worth_following(database: Database, *, chain: str, limit: int) -> list[str]:
    """The addresses that are worth following, the best first, without those that nobody may follow.

    Args:
        database: it is only read.
        chain: of the addresses.
        limit: how many at most.
    """
    return [row["address"] for row in await database.fetch(WORTH, chain, limit)]


async def latest_scores(database: Database, *, chain: str, limit: int) -> dict[str, WhaleScore]:
    """Return what whales have made, gain or loss, those scored last, by address.

    Args:
        database: it is only read.
        chain: of the addresses.
        limit: how many at most.
    """
    rows = await database.fetch(SCORES, chain, limit)
    return {row["address"]: msgspec.json.decode(row["score"], type=WhaleScore) for row in rows}


def _whale(row: Row) -> Whale:
    values = dict(row)
    del values["score"]
    return whale_of(values)


def _score(row: Row) -> WhaleScore | None:
    text = row["score"]
    return None if text is None else msgspec.json.decode(text, type=WhaleScore)
