"""Possible wallet moves: when the new address is checked next, and the resulting alert."""

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec import structs

from domain.patterns.alone import MOVE_SECONDS, Moving
from domain.patterns.owners import HUB_SECONDS, MAX_PAYEES
from domain.patterns.replay import CHECKS, move_found
from domain.patterns.sightings import PastOfAddress, Sighting
from storage.market.sightings import sent_by
from storage.patterns.wallets import announce
from storage.postgres import Connection, Database

DUE = """
SELECT wallet_id, wallets.address AS wallet, wallet_moves.address, wallet_moves.chain, moved_at, remaining,
       unpriced, checks
FROM wallet_moves JOIN wallets USING (wallet_id)
WHERE wallet_moves.chain = $1 AND due_at <= now() ORDER BY due_at LIMIT $2
"""

# One that got more meanwhile is checked again from the beginning.
LATER = """
UPDATE wallet_moves SET checks = $4, remaining = $5, unpriced = $7,
    due_at = greatest(now() + interval '1 minute', to_timestamp($3 + $6))
WHERE wallet_id = $1 AND address = $2 AND moved_at = $3
"""
END = "DELETE FROM wallet_moves WHERE wallet_id = $1 AND address = $2 AND moved_at = $3 RETURNING wallet_id"

# Wallets that dealt with an address recently, no further than it matters.
DEALT = """
SELECT count(*) FROM (
    (SELECT FROM payments WHERE chain = $1 AND payee = $2 AND paid_at >= $3 LIMIT $4)
    UNION ALL
    (SELECT FROM payments WHERE chain = $1 AND payer = $2 AND paid_at >= $3 LIMIT $4)) AS dealt
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PossibleMove:
    """A wallet that sent a lot to one address."""

    wallet_id: int
    wallet: str
    address: str
    chain: str
    moved_at: float
    """When it sent last, Unix seconds."""
    remaining: float | None
    """Dollars that it had left after that; None: not read yet."""
    checks: int
    """How often the address was checked."""
    unpriced: int = 0
    """Tokens that it had left and that no pool trades: they count as nothing."""


async def due_moves(database: Database, *, chain: str, limit: int) -> list[PossibleMove]:
    """Those whose address is to be checked now.

    Args:
        database: it is only read.
        chain: of the wallets.
        limit: how many at most, those first that wait longest.
    """
    return [PossibleMove(**dict(row)) for row in await database.fetch(DUE, chain, limit)]


async def transfers_of(database: Database, move: PossibleMove) -> list[Sighting]:
    """Return what the wallet sent within the hour up to its last transfer, to anybody, by time."""

    async def work(connection: Connection) -> list[Sighting]:
        found = await sent_by(connection, [move.wallet_id], since=move.moved_at - MOVE_SECONDS)
        return [seen for seen in found[move.wallet_id] if seen.at <= move.moved_at]

    return await database.transaction(work)


async def counterparty_count(database: Database, move: PossibleMove) -> int:
    """How many wallets were seen to deal with the address within a month; counted no further than a hub's."""
    since, limit = move.moved_at - HUB_SECONDS, MAX_PAYEES + 1
    return int(await database.fetchval(DEALT, move.chain, move.address, since, limit))


async def check_later(
    database: Database, move: PossibleMove, *, remaining: float | None, unpriced: int = 0
) -> bool:
    """Check the address again after a pause; False: that was the last check.

    Args:
        database: one statement, committed by itself.
        move: as `due_moves` returned it.
        remaining: what the wallet has kept, in dollars; None: it was not read this time.
        unpriced: how many of its tokens had no price then.
    """
    checks = move.checks + 1
    if checks >= len(CHECKS):
        await end_move(database, move)
        return False
    key = (move.wallet_id, move.address, move.moved_at)
    await database.execute(LATER, *key, checks, remaining, CHECKS[checks], unpriced)
    return True


async def end_move(database: Database, move: PossibleMove) -> None:
    """It is no move, and is not checked again."""
    await database.execute(END, move.wallet_id, move.address, move.moved_at)


async def announce_move(database: Database, move: PossibleMove, found: Moving, past: PastOfAddress) -> bool:
    """Alert all followers that the wallet moved, once; False: already done, or the wallet sent more.

    Args:
        database: one transaction: the check ends with its alert, or neither does.
        move: as `due_moves` returned it; one with newer payments is checked again instead.
        found: what the address has of the wallet's.
        past: what the address did before.
    """

    async def work(connection: Connection) -> bool:
        if await connection.fetchval(END, move.wallet_id, move.address, move.moved_at) is None:
            return False
        event = structs.replace(move_found(move.chain, found, past), unpriced=move.unpriced)
        return await announce(connection, move.wallet_id, move.address, event)

    return await database.transaction(work)


def with_books(sent: Sequence[Sighting], remaining: float) -> list[Sighting]:
    """Transfers with what the wallet had before each: what is left, and what went from then on."""
    found: list[Sighting] = []
    book = remaining
    for seen in reversed(sent):
        book += seen.usd or 0.0
        found.append(seen._replace(book=book))
    return found[::-1]
