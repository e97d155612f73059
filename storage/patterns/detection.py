"""Finds patterns in new sightings; consumption and alerts commit in one transaction.

what the fan-out noted ──> who paid whom ──> sleepers, slices, owners who meet ──> alerts, and what chats know
what never happened ──> what was announced of it changes
"""

from collections.abc import Sequence

from domain.patterns.owners import ties
from domain.patterns.sightings import Action, Sighting
from runtime.processes.lifecycle import failpoint
from storage.market.payments import note_payments
from storage.market.sightings import take_sightings
from storage.patterns.meetings import announce_meetings
from storage.patterns.reverts import correct_reverted_patterns
from storage.patterns.wallets import announce_sleepers, announce_slices, note_moves
from storage.postgres import Connection, Database

AT_ONCE = 1_000
"""Sightings that are taken together."""

# Owners who meet in two transactions at once would see each other in neither.
ALONE = "SELECT pg_try_advisory_xact_lock(hashtext('find patterns'))"


async def find_next(database: Database) -> int | None:
    """Look for patterns in the next sightings; how many alerts that made or changed. None: nothing is new."""
    return await database.transaction(_find)


async def _find(connection: Connection) -> int | None:
    if not await connection.fetchval(ALONE):
        return None
    taken = await take_sightings(connection, limit=AT_ONCE)
    number = 0
    for chain in sorted({chain for chain, _, _ in taken}):
        new = [(wallet_id, seen) for of, wallet_id, seen in taken if of == chain]
        number += await _find_in(connection, chain, new)
    retold = 0 if len(taken) == AT_ONCE else await correct_reverted_patterns(connection)
    failpoint("finding")
    return number + retold if taken or retold else None


async def _find_in(connection: Connection, chain: str, new: Sequence[tuple[int, Sighting]]) -> int:
    number = await announce_sleepers(connection, chain=chain, new=new)
    await note_moves(connection, chain=chain, new=new)
    if payments := [_payment(seen) for _, seen in new if _is_payment(seen)]:
        await note_payments(connection, chain=chain, payments=payments)
    trades = [(wallet_id, seen) for wallet_id, seen in new if seen.action in {Action.BUY, Action.SELL}]
    if trades:
        number += await announce_slices(connection, chain=chain, new=trades)
        number += await announce_meetings(connection, chain=chain, new=trades)
    return number


def _is_payment(seen: Sighting) -> bool:
    is_transfer = seen.action in {Action.SENT, Action.GOT} and bool(seen.party)
    return is_transfer and ties(seen.usd, seen.lamports)


def _payment(seen: Sighting) -> tuple[str, str, float]:
    if seen.action is Action.SENT:
        return seen.wallet, seen.party, seen.at
    return seen.party, seen.wallet, seen.at
