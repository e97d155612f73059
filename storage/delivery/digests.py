"""Deferred deliveries: gathered into one digest per chat when they are due, none lost and none twice.

One delivery of each chat and topic carries the digest through the outbox like any other; the others become
`digested`, and what becomes of the carrier becomes of them. One statement decides which delivery is where.
"""

from collections.abc import Sequence

from domain.activity.prices import read_market
from domain.alerts.kinds import read_event
from domain.delivery.facts import DeferredAlerts, DigestEntry
from domain.rules.gates import Gate
from storage.delivery.contents import label_of
from storage.postgres import Connection, Database, Row, affected
from storage.sql_files import read_statement

MAX_LISTED = 40
"""The events of a digest that come one by one, exits first; the others are only counted."""

GATHERING = "SELECT pg_advisory_xact_lock(hashtext('gather digests'))"

GATHER = read_statement(__name__, "GATHER")
CONTENTS = read_statement(__name__, "CONTENTS")

DEFERRED = """
SELECT count(*) AS number, min(due_at) AS until, count(*) FILTER (WHERE gate = $2) AS of_busy_wallets
FROM deliveries WHERE chat_id = $1 AND state = 'deferred'
"""


async def deferred_alerts(database: Database, chat_id: int) -> DeferredAlerts | None:
    """What the chat gets together later; None: nothing."""
    row = await database.fetchrow(DEFERRED, chat_id, Gate.WALLET_BUSY)
    if row is None or row["until"] is None:
        return None
    return DeferredAlerts(number=row["number"], until=row["until"], of_busy_wallets=row["of_busy_wallets"])


async def gather_due(database: Database, *, limit: int = 500) -> int:
    """Turn the deferred deliveries of up to `limit` chats that are due into digests; how many there were."""

    async def work(connection: Connection) -> int:
        await connection.execute(GATHERING)
        return affected(await connection.execute(GATHER, limit))

    return await database.transaction(work)


async def contents(database: Database, digest_ids: Sequence[int]) -> dict[int, list[DigestEntry]]:
    """The entries of each digest in the order of their activities; those that are only counted come first."""
    found: dict[int, list[DigestEntry]] = {digest_id: [] for digest_id in digest_ids}
    for row in await database.fetch(CONTENTS, list(digest_ids), MAX_LISTED):
        found[row["digest_id"]].append(_entry(row))
    return found


def _entry(row: Row) -> DigestEntry:
    return DigestEntry(
        label=label_of(row, row["subject"]),
        subject=row["subject"],
        sort=row["sort"],
        number=row["number"],
        event=None if row["payload"] is None else read_event(row["kind"], row["payload"]),
        happened_at=row["happened_at"],
        reverted=row["reverted"],
        gate=Gate(row["gate"]),
        market=read_market(row["market"]),
    )
