"""Lists of wallets that people share by a link, until they expire or are revoked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from storage.postgres import Connection, Database, affected

MAX_LISTS = 20
"""Of one chat; a new one beyond takes the oldest away."""

DELETE_OLD = """
DELETE FROM shared_lists WHERE expires_at < now() OR list_id IN (
    SELECT list_id FROM shared_lists WHERE chat_id = $1 ORDER BY list_id DESC OFFSET $2)
"""
INSERT = """
INSERT INTO shared_lists (chat_id, owner_id, owner_name, wallets, expires_at)
VALUES ($1, $2, $3, $4, now() + make_interval(days => $5)) RETURNING list_id
"""
READ = "SELECT * FROM shared_lists WHERE list_id = $1 AND expires_at > now()"
NAME = "UPDATE shared_lists SET is_named = $3 WHERE list_id = $1 AND owner_id = $2"
REVOKE = "DELETE FROM shared_lists WHERE list_id = $1 AND chat_id = $2"


class SharedWallet(msgspec.Struct, frozen=True, array_like=True):
    """One wallet of a list.

    `["86xC…", "Moby"]`.
    """

    address: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewList:
    """A list to be shared."""

    chat_id: int
    owner_id: int
    owner_name: str
    wallets: Sequence[SharedWallet]
    days: int
    """How long it can be opened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedList:
    """A list that can be opened."""

    list_id: int
    owner_id: int
    owner_name: str
    """Empty: the owner does not agree that readers see it."""
    wallets: tuple[SharedWallet, ...]
    expires_at: datetime


async def add_list(database: Database, new: NewList) -> int:
    """Store a list; its id. What has expired goes."""

    async def work(connection: Connection) -> int:
        await connection.execute(DELETE_OLD, new.chat_id, MAX_LISTS - 1)
        wallets = msgspec.json.encode(new.wallets).decode()
        args = (new.chat_id, new.owner_id, new.owner_name, wallets, new.days)
        list_id: int = await connection.fetchval(INSERT, *args)
        return list_id

    return await database.transaction(work)


async def read_list(database: Database, list_id: int) -> SharedList | None:
    """A list; None: it has expired, was revoked, or never was."""
    row = await database.fetchrow(READ, list_id)
    if row is None:
        return None
    return SharedList(
        list_id=row["list_id"],
        owner_id=row["owner_id"],
        owner_name=row["owner_name"] if row["is_named"] else "",
        wallets=msgspec.json.decode(row["wallets"], type=tuple[SharedWallet, ...]),
        expires_at=row["expires_at"],
    )


async def name_owner(database: Database, list_id: int, *, owner_id: int, is_named: bool) -> bool:
    """Let readers see the owner's name, or not; false: it is none of this person's lists.

    Args:
        database: one statement, committed by itself.
        list_id: any number; it counts only as a list of `owner_id`.
        owner_id: user id of who shared it.
        is_named: True: readers see the name.
    """
    return affected(await database.execute(NAME, list_id, owner_id, is_named)) > 0


async def revoke(database: Database, list_id: int, *, chat_id: int) -> bool:
    """Revoke a list; return false if it is none of this chat's lists.

    Args:
        database: one statement, committed by itself.
        list_id: any number; it counts only as a list of `chat_id`.
        chat_id: where it was shared from.
    """
    return affected(await database.execute(REVOKE, list_id, chat_id)) > 0
