"""The right to handle stored updates: one at a time of each chat, the oldest first, until a lease ends.

Who takes over from an owner that is gone cannot know whether it has replied, nor can who tries again after an
error. So each lease says how many copies of the reply may have reached the chat before it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import asyncpg
import msgspec

from storage.postgres import Database, affected
from storage.sql_files import read_statement

LEASE_SECONDS = 30.0
MAX_ATTEMPTS = 3
SENSITIVE_TEXT = r":\\*/\\*/|/[Ww][Ee][Bb][Hh]|hooks\.slack|whsec_|ww_"
"""Stands in the text of an update that may hold a secret: a link, a command that takes one, or what the bot
has shown once. A regular expression that PostgreSQL and Python read alike."""
MAX_COPIES = 2
"""A chat gets no more copies of a reply: the second one says what it is, and there is no third."""

CLAIM = read_statement(__name__, "CLAIM")
FINISH = read_statement(__name__, "FINISH")

POSTPONE = """
UPDATE updates SET lease_owner = NULL, lease_until = now() + make_interval(secs => $3),
    attempts = attempts - $4, copies = $5
WHERE update_id = $1 AND lease_owner = $2
"""

RELEASE = """
UPDATE updates SET state = 'new', attempts = attempts - 1, lease_owner = NULL, lease_until = NULL
WHERE state = 'working' AND lease_owner = $1 AND update_id <> ALL ($2::bigint[])
"""

# Names of processes are unique, so an earlier owner of this name has ended, and whoever claims its updates is
# told that it may have replied.
INHERIT = """
UPDATE updates SET lease_until = now()
WHERE state = 'working' AND lease_until > now() AND lease_owner <> $1
  AND substring(lease_owner FROM '^(.*):[^:]*$') = $2
"""

# A chat waits only if none of its updates has a lease: another instance may handle an older one. Who has few
# comes before who has many.
WAITING_CHATS = """
SELECT chat_id FROM updates
WHERE state IN ('new', 'working')
GROUP BY chat_id
HAVING bool_and(state = 'new' OR lease_until < now()) AND min(received_at) < now() - make_interval(secs => $1)
ORDER BY count(*), min(update_id) LIMIT $2
"""


class UpdateLease(msgspec.Struct, frozen=True, kw_only=True):
    """The right to handle one update, until a lease ends."""

    update_id: int
    chat_id: int
    payload: str
    attempts: int
    """Attempts so far, this one included."""
    age: float = 0.0
    """Seconds since the update was stored."""
    user_id: int = 0
    """Who sent it; 0: nobody whose requests are counted together."""
    is_shut: bool = False
    """Its chat was closed or held when the lease began."""
    copies: int = 0
    """Copies of its reply that may have reached the chat before the lease began."""


async def lease_next_updates(
    database: Database, chats: Sequence[int], *, owner: str
) -> dict[int, UpdateLease]:
    """Lease the oldest open update of each chat; by chat. What another owner has in progress is missing.

    Args:
        database: where they are stored.
        chats: of which this owner handles no update now.
        owner: gets the leases.
    """
    try:
        rows = await database.fetch(CLAIM, sorted(set(chats)), owner, LEASE_SECONDS)
    except asyncpg.UniqueViolationError:
        # Another instance has just leased another update of one of the chats.
        each = [await lease_next_updates(database, [one], owner=owner) for one in chats if len(chats) > 1]
        return {chat_id: lease for leases in each for chat_id, lease in leases.items()}
    return {row["chat_id"]: UpdateLease(**dict(row)) for row in rows}


async def finish_updates(
    database: Database, finished: Mapping[int, str | None], *, owner: str
) -> dict[int, bool]:
    """Close updates, and forget what they say.

    Of each whose lease `owner` had: whether its chat has more that are open.

    Args:
        database: where they are stored.
        finished: by id, why it has failed for good; None: it is handled.
        owner: of the leases.
    """
    given = [{"update_id": one, "error": finished[one]} for one in sorted(finished)]
    rows = await database.fetch(FINISH, msgspec.json.encode(given).decode(), owner, SENSITIVE_TEXT)
    return dict(map(tuple, rows))


async def release_updates(database: Database, *, owner: str, but: Sequence[int] = ()) -> None:
    """End the leases of an owner that handles nothing any more; any other may lease its updates at once.

    Args:
        database: where they are stored.
        owner: of the leases.
        but: updates that may have been replied to; their leases end by themselves, and the next owner knows.
    """
    await database.execute(RELEASE, owner, but)


async def inherit_updates(database: Database, *, owner: str) -> int:
    """End the leases of earlier processes of the name by which `owner` begins; how many there were.

    Args:
        database: where they are stored.
        owner: `NAME:` and what no earlier process of this name had.
    """
    name, _, _ = owner.rpartition(":")
    return affected(await database.execute(INHERIT, owner, name)) if name else 0


async def postpone_update(
    database: Database, lease: UpdateLease, *, owner: str, seconds: float, refund_attempt: bool
) -> None:
    """End the lease of an update that is not handled; no owner gets an update of the chat for `seconds`.

    Args:
        database: where it is stored.
        lease: with the copies of the reply that may have reached the chat by now.
        owner: of the lease.
        seconds: the pause.
        refund_attempt: the attempt does not count: the update did not cause the failure.
    """
    await database.execute(
        POSTPONE, lease.update_id, owner, seconds, int(refund_attempt), min(lease.copies, MAX_COPIES)
    )


async def waiting_chats(database: Database, *, older_than: float, limit: int) -> list[int]:
    """Chats whose open updates have no lease and are older than `older_than` seconds.

    Args:
        database: it is only read.
        older_than: seconds since the oldest open update was stored, so that one which is just being taken
            does not count.
        limit: how many chats at most, those with fewest open updates first.
    """
    return [row["chat_id"] for row in await database.fetch(WAITING_CHATS, older_than, limit)]
