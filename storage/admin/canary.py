"""The canary's rows: released once each period, whoever does it, and how long ago one arrived."""

from __future__ import annotations

import secrets

from domain.canary import CANARY_CHAT, CANARY_LABEL, CANARY_WALLET, canary
from domain.chats import Chat, ChatKind
from domain.rules.rules import Watch
from runtime.clock import now
from storage.chats.chats import saw_chat
from storage.chats.watches import add_watch
from storage.coordination.leases import take_lease
from storage.ingest.activities import Batch, store
from storage.postgres import Database

LEASE = "canary"
NOW = """
SELECT extract(epoch FROM now())::bigint AS seconds,
       coalesce((SELECT slot FROM heads WHERE chain = $1), 0) AS slot
"""
ARRIVED = """
SELECT extract(epoch FROM now() - max(finished_at))::float8 FROM deliveries
WHERE chat_id = $1 AND state = 'sent' AND finished_at > now() - interval '1 day'
"""


async def release_canary(database: Database, *, chain: str, seconds: float) -> bool:
    """Commit the next event of the canary, as a scanner would; False: one was released within the period.

    Args:
        database: where it goes.
        chain: whose event it is said to be.
        seconds: the period.
    """
    each_once = secrets.token_hex(8)  # so that the lease is not renewed, but runs out
    if await take_lease(database, name=LEASE, owner=each_once, seconds=seconds) is None:
        return False
    await _follow(database, chain)
    row = await database.fetchrow(NOW, chain)
    assert row is not None  # noqa: S101 - a SELECT without FROM a table always has a row
    event = canary(row["seconds"] // 60, chain=chain, slot=row["slot"], block_time=row["seconds"])
    return bool(await store(database, Batch(chain=chain, activities=[event])))


async def canary_age(database: Database) -> float | None:
    """Seconds since the canary last arrived as it should; None: it has not within a day."""
    age: float | None = await database.fetchval(ARRIVED, CANARY_CHAT)
    return age


async def _follow(database: Database, chain: str) -> None:
    """Its chat follows its wallet, as any chat does."""
    await saw_chat(database, Chat(chat_id=CANARY_CHAT, kind=ChatKind.PRIVATE, title=CANARY_LABEL))
    watch = Watch(
        watch_id=0,
        chat_id=CANARY_CHAT,
        topic_id=0,
        chain=chain,
        wallet=CANARY_WALLET,
        label=CANARY_LABEL,
        created_at=now(),
    )
    await add_watch(database, watch, created_by=None)
