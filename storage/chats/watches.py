"""Watches: which chat follows which wallet, under which label.

The wallets that are watched are read often and cheaply: all of them, or only those of new watches.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.rules.rules import Watch
from storage.chats.rules import rules_or_none, settings_or_default
from storage.chats.tiers import count_watches, lock_account
from storage.ingest.cursors import READ_HEAD
from storage.postgres import Connection, Database, Row, affected

COLUMNS = (
    "watch_id, chat_id, topic_id, chain, address AS wallet, label, tags, muted_until,"
    " over_limit, banned_reason IS NOT NULL AS is_banned, watches.created_at, since_slot, watches.rules,"
    " chats.settings"
)

OF_CHAT = f"""
SELECT {COLUMNS} FROM watches JOIN wallets USING (wallet_id) JOIN chats USING (chat_id)
WHERE chat_id = $1 AND topic_id = $2 AND chain = $3
ORDER BY watch_id
"""  # noqa: S608 - constants only

OF_WHOLE_CHAT = f"""
SELECT {COLUMNS} FROM watches JOIN wallets USING (wallet_id) JOIN chats USING (chat_id)
WHERE chat_id = $1 ORDER BY watch_id
"""  # noqa: S608 - the same

BY_ID = f"""
SELECT {COLUMNS} FROM watches JOIN wallets USING (wallet_id) JOIN chats USING (chat_id) WHERE watch_id = $1
"""  # noqa: S608 - the same

# The wallets of a chat that were seen to receive more of a token than they paid since, the largest first.
HOLDERS = """
SELECT label, address, raw FROM watches JOIN wallets USING (wallet_id) JOIN holdings USING (wallet_id)
WHERE chat_id = $1 AND topic_id = $2 AND holdings.chain = $3 AND mint = $4 AND raw > 0
ORDER BY raw DESC, watch_id LIMIT $5
"""
MAX_HOLDERS = 200

ADD_WALLETS = """
INSERT INTO wallets (chain, address)
SELECT $1, address FROM unnest($2::text[]) AS new (address) ORDER BY address
ON CONFLICT DO NOTHING
"""

BANNED = (
    "SELECT address FROM wallets WHERE chain = $1 AND address = ANY($2::text[]) AND banned_reason IS NOT NULL"
)
KNOWN = """
SELECT address FROM watches JOIN wallets USING (wallet_id)
WHERE chat_id = $1 AND topic_id = $2 AND chain = $3 AND address = ANY($4::text[])
"""

# xmax is 0 in a row that was inserted, and not in one that was updated.
ADD = """
WITH added AS (
    INSERT INTO watches (chat_id, topic_id, wallet_id, label, created_by, since_slot)
    SELECT $1, $2, wallet_id, label, $3, $4
    FROM unnest($6::text[], $7::text[]) WITH ORDINALITY AS new (address, label, position)
    JOIN wallets ON wallets.chain = $5 AND wallets.address = new.address
    ORDER BY position
    ON CONFLICT (chat_id, topic_id, wallet_id) DO UPDATE
    SET label = CASE WHEN excluded.label = '' THEN watches.label ELSE excluded.label END
    RETURNING wallet_id, xmax = 0 AS is_new)
SELECT address FROM added JOIN wallets USING (wallet_id) WHERE is_new
"""

REMOVE = """
DELETE FROM watches USING wallets
WHERE chat_id = $1 AND topic_id = $2 AND chain = $3 AND address = $4 AND watches.wallet_id = wallets.wallet_id
"""

RENAME = """
UPDATE watches SET label = $5 FROM wallets
WHERE chat_id = $1 AND topic_id = $2 AND chain = $3 AND address = $4 AND watches.wallet_id = wallets.wallet_id
"""

MUTE = """
UPDATE watches SET muted_until = now() + make_interval(secs => $3)
WHERE watch_id = $1 AND chat_id = $2 RETURNING muted_until
"""

SET_TAGS = "UPDATE watches SET tags = $3 WHERE watch_id = $1 AND chat_id = $2 RETURNING watch_id"

WATCHED = """
SELECT address FROM wallets
WHERE chain = $1 AND banned_reason IS NULL
  AND EXISTS (SELECT 1 FROM watches WHERE watches.wallet_id = wallets.wallet_id)
"""

OVERLAP = 1_000
"""A watch may become visible after one with a higher id; so many ids are read again."""
NEWEST = "SELECT coalesce(max(watch_id), 0) FROM watches"
SINCE = """
SELECT DISTINCT address FROM watches JOIN wallets USING (wallet_id)
WHERE chain = $1 AND watch_id > $2
"""


async def watches_of(database: Database, *, chat_id: int, topic_id: int, chain: str) -> list[Watch]:
    """The watches of the chat (or its topic), in the order in which they were added."""
    return [watch_of(row) for row in await database.fetch(OF_CHAT, chat_id, topic_id, chain)]


async def watches_of_chat(database: Database, chat_id: int) -> list[Watch]:
    """The watches of the chat in all its topics and on all chains, in the order in which they were added."""
    return [watch_of(row) for row in await database.fetch(OF_WHOLE_CHAT, chat_id)]


async def watch_by_id(database: Database, watch_id: int) -> Watch | None:
    """One watch, if it still exists."""
    row = await database.fetchrow(BY_ID, watch_id)
    return None if row is None else watch_of(row)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWatches:
    """Wallets that a chat is to follow."""

    chat_id: int
    topic_id: int
    chain: str
    labels: Mapping[str, str]
    """Address to name, in their order; an empty name changes none."""
    created_by: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredWatches:
    """What became of new watches."""

    new: frozenset[str]
    """Addresses that the topic did not follow before."""
    left_out: tuple[str, ...] = ()
    """Addresses that are not followed: the chat follows as many as it may."""
    banned: frozenset[str] = frozenset()
    """Addresses that nobody may follow."""
    used: int = 0
    """Wallets followed on the account afterwards."""


async def add_watches(database: Database, new: NewWatches, *, limit: int | None) -> StoredWatches:
    """Follow wallets; a repeated call changes nothing but labels that are not empty.

    Args:
        database: where they stand.
        new: the wallets.
        limit: how many the chat may follow; what exceeds it is left out, the last first. None: no limit.
    """

    async def work(connection: Connection) -> StoredWatches:
        account = await lock_account(connection, new.chat_id)
        banned = await connection.fetch(BANNED, new.chain, list(new.labels))
        refused = frozenset(row["address"] for row in banned)
        addresses = [address for address in new.labels if address not in refused]
        rows = await connection.fetch(KNOWN, new.chat_id, new.topic_id, new.chain, addresses)
        known = {row["address"] for row in rows}
        unknown = [address for address in addresses if address not in known]
        used = await count_watches(connection, account)
        room = len(unknown) if limit is None else max(limit - used, 0)
        kept = [address for address in addresses if address in known or address in unknown[:room]]
        added = await _insert(connection, new, kept)
        left_out = tuple(unknown[room:])
        return StoredWatches(new=added, left_out=left_out, banned=refused, used=used + len(added))

    return await database.transaction(work)


async def _insert(connection: Connection, new: NewWatches, addresses: Sequence[str]) -> frozenset[str]:
    """Store these of the wallets; those that are new."""
    await connection.execute(ADD_WALLETS, new.chain, addresses)
    since = await connection.fetchval(READ_HEAD, new.chain)
    labels = [new.labels[address] for address in addresses]
    args = (new.chat_id, new.topic_id, new.created_by, since, new.chain, addresses, labels)
    return frozenset(row["address"] for row in await connection.fetch(ADD, *args))


async def add_watch(database: Database, watch: Watch, *, created_by: int | None) -> bool:
    """Follow one wallet, whatever the limits; it uses the chat, topic, chain, wallet and label of `watch`.

    Returns:
        True if the chat did not follow it before.
    """
    new = NewWatches(
        chat_id=watch.chat_id,
        topic_id=watch.topic_id,
        chain=watch.chain,
        labels={watch.wallet: watch.label},
        created_by=created_by,
    )
    return bool((await add_watches(database, new, limit=None)).new)


async def remove_watch(database: Database, *, chat_id: int, topic_id: int, chain: str, wallet: str) -> bool:
    """Remove a watch; whether there was one."""
    return affected(await database.execute(REMOVE, chat_id, topic_id, chain, wallet)) > 0


async def rename_watch(database: Database, watch: Watch) -> bool:
    """Store `watch.label` for the wallet in its chat and topic; whether it is followed there."""
    tag = await database.execute(
        RENAME, watch.chat_id, watch.topic_id, watch.chain, watch.wallet, watch.label
    )
    return affected(tag) > 0


async def mute_watch(database: Database, *, watch_id: int, chat_id: int, seconds: float) -> datetime | None:
    """Mute a wallet for `seconds` (0: unmute it); until when, or None: the chat has no such watch."""
    until: datetime | None = await database.fetchval(MUTE, watch_id, chat_id, seconds)
    return until


async def set_tags(database: Database, *, watch_id: int, chat_id: int, tags: Sequence[str]) -> bool:
    """File a watch under these tags alone; whether the chat has it."""
    return await database.fetchval(SET_TAGS, watch_id, chat_id, list(tags)) is not None


async def watched_wallets(database: Database, *, chain: str) -> set[str]:
    """Every address with a watch."""
    return {row["address"] for row in await database.fetch(WATCHED, chain)}


def watch_of(row: Row | Mapping[str, Any]) -> Watch:
    """The watch in a row whose columns have the names of its fields; rules and settings are JSON.

    Those that cannot be read are the defaults.
    """
    values = dict(row)
    values["rules"] = rules_or_none(values["rules"], watch_id=values["watch_id"])
    values["settings"] = settings_or_default(values["settings"], chat_id=values["chat_id"])
    values["tags"] = tuple(values["tags"])
    return Watch(**values)


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedNow:
    """Every followed address of a chain, as of one moment."""

    wallets: frozenset[str]
    newest: int
    """For `watched_since`, which finds what came after."""


async def watched_now(database: Database, *, chain: str) -> WatchedNow:
    """All watched wallets. The newest id is read first, so that no watch falls between both reads."""
    newest = await database.fetchval(NEWEST)
    return WatchedNow(wallets=frozenset(await watched_wallets(database, chain=chain)), newest=newest)


async def watched_since(database: Database, *, chain: str, newest: int) -> frozenset[str]:
    """The wallets of watches that were made after `newest` was read, and of some before it."""
    rows = await database.fetch(SINCE, chain, newest - OVERLAP)
    return frozenset(row["address"] for row in rows)


async def holders_followed(
    database: Database, *, chat_id: int, topic_id: int, chain: str, mint: str
) -> list[tuple[str, str, int]]:
    """The followed wallets that were seen to hold a token: label, address, raw amount; the largest first."""
    rows = await database.fetch(HOLDERS, chat_id, topic_id, chain, mint, MAX_HOLDERS)
    return [(row["label"], row["address"], int(row["raw"])) for row in rows]
