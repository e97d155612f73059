"""Watches: which chat follows which wallet, under which label."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.rules.rules import Watch
from storage.chats.rules import rules_or_none, settings_or_default
from storage.postgres import Database, Row, affected

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

OF_WHOLE_CHATS = f"""
SELECT {COLUMNS} FROM watches JOIN wallets USING (wallet_id) JOIN chats USING (chat_id)
WHERE chat_id = ANY($1::bigint[]) ORDER BY watch_id
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

FOLLOW = "SELECT added, left_out, banned, used FROM follow_wallets($1, $2, $3, $4, $5, $6, $7)"

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


async def watches_of(database: Database, *, chat_id: int, topic_id: int, chain: str) -> list[Watch]:
    """The watches of the chat (or its topic), in the order in which they were added.

    Args:
        database: it is only read.
        chat_id: whose watches.
        topic_id: only those made there; 0: in the chat itself.
        chain: only those of this one.
    """
    return [watch_of(row) for row in await database.fetch(OF_CHAT, chat_id, topic_id, chain)]


async def watches_of_chats(database: Database, chats: Sequence[int]) -> dict[int, tuple[Watch, ...]]:
    """The watches of chats in all topics, on all chains, by chat, in the order in which they were added."""
    found: dict[int, list[Watch]] = {chat_id: [] for chat_id in chats}
    for row in await database.fetch(OF_WHOLE_CHATS, sorted(found)):
        found[row["chat_id"]].append(watch_of(row))
    return {chat_id: tuple(watches) for chat_id, watches in found.items()}


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
        database: where they are stored.
        new: the wallets.
        limit: how many the chat may follow; what exceeds it is left out, the last first. None: no limit.
    """
    addresses, labels = list(new.labels), list(new.labels.values())
    [row] = await database.fetch(
        FOLLOW, new.chat_id, new.topic_id, new.chain, addresses, labels, new.created_by, limit
    )
    return StoredWatches(
        new=frozenset(row["added"]),
        left_out=tuple(row["left_out"]),
        banned=frozenset(row["banned"]),
        used=row["used"],
    )


async def add_watch(database: Database, watch: Watch, *, created_by: int | None) -> bool:
    """Follow one wallet, whatever the limits; it uses the chat, topic, chain, wallet and label of `watch`.

    Args:
        database: one statement.
        watch: its rules, mute and number are not used.
        created_by: user id of who asked; None: nobody, as for the canary.

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
    """Remove a watch; return whether there was one.

    Args:
        database: one statement; deliveries that wait for the watch are then not sent (`mark_sending`).
        chat_id: whose watch.
        topic_id: where it was made; 0: in the chat itself.
        chain: of the wallet.
        wallet: its address, base58.
    """
    return affected(await database.execute(REMOVE, chat_id, topic_id, chain, wallet)) > 0


async def rename_watch(database: Database, watch: Watch) -> bool:
    """Store `watch.label` for the wallet in its chat and topic; return whether it is followed there."""
    tag = await database.execute(
        RENAME, watch.chat_id, watch.topic_id, watch.chain, watch.wallet, watch.label
    )
    return affected(tag) > 0


async def mute_watch(database: Database, *, watch_id: int, chat_id: int, seconds: float) -> datetime | None:
    """Mute a wallet for `seconds` (0: unmute it); until when, or None: the chat has no such watch.

    Args:
        database: one statement, committed by itself.
        watch_id: any number; it counts only as a watch of `chat_id`.
        chat_id: who asks, so that nobody mutes a watch of others.
        seconds: from now on, on the clock of PostgreSQL.
    """
    until: datetime | None = await database.fetchval(MUTE, watch_id, chat_id, seconds)
    return until


async def set_tags(database: Database, *, watch_id: int, chat_id: int, tags: Sequence[str]) -> bool:
    """File a watch under these tags alone; return whether the chat has it.

    Args:
        database: one statement, committed by itself.
        watch_id: any number; it counts only as a watch of `chat_id`.
        chat_id: who asks.
        tags: as they are to be stored, without `#`; none: the watch is filed nowhere.
    """
    return await database.fetchval(SET_TAGS, watch_id, chat_id, list(tags)) is not None


def watch_of(row: Row | Mapping[str, Any]) -> Watch:
    """The watch in a row whose columns have the names of its fields; rules and settings are JSON.

    Those that cannot be read are the defaults.
    """
    values = dict(row)
    values["rules"] = rules_or_none(values["rules"], watch_id=values["watch_id"])
    values["settings"] = settings_or_default(values["settings"], chat_id=values["chat_id"])
    values["tags"] = tuple(values["tags"])
    return Watch(**values)


async def holders_followed(
    database: Database, *, chat_id: int, topic_id: int, chain: str, mint: str
) -> list[tuple[str, str, int]]:
    """The followed wallets that were seen to hold a token: label, address, raw amount; the largest first.

    Args:
        database: it is only read.
        chat_id: whose watches.
        topic_id: only those made there; 0: in the chat itself.
        chain: of the token.
        mint: the token.
    """
    rows = await database.fetch(HOLDERS, chat_id, topic_id, chain, mint, MAX_HOLDERS)
    return [(row["label"], row["address"], int(row["raw"])) for row in rows]
