"""The paper campaigns of chats: started, changed and read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from domain.paper.campaign import Campaign
from domain.paper.plan import Plan
from domain.paper.progress import POINT_SECONDS, Pause, Point, with_pause, without_pause
from domain.paper.stored import CampaignStatus, Figures, StoredCampaign, StoredFill
from storage.chats.tiers import account_of, lock_account
from storage.paper.audit import note_act
from storage.postgres import Connection, Database, Row

KEPT = 50
"""Ended campaigns of a chat; older ones go when one is started."""
MAX_POINTS = 1_000
"""Of a curve, that are read."""
_TIERS_OF = "(SELECT chat_id FROM chats WHERE (chat_id = $1 OR payer_id = $1) AND account_of(chats) = $1)"

# ruff: noqa: S608 - the parts put in are constants
COUNT = f"SELECT count(*) FROM campaigns WHERE chat_id IN {_TIERS_OF} AND status IN ('running', 'paused')"
START = """
INSERT INTO campaigns (chat_id, topic_id, chain, wallets, plan, origin, ends_at, cursor)
VALUES ($1, $2, $3, $4, $5, $6, to_timestamp($7::bigint + 1), to_timestamp($8::bigint))
RETURNING campaign_id
"""
STARTED = "SELECT campaign_id FROM campaigns WHERE origin = $1"
DELETE_OLD = """
DELETE FROM campaigns WHERE campaign_id IN (
    SELECT campaign_id FROM campaigns WHERE chat_id = $1 AND status IN ('stopped', 'ended')
    ORDER BY campaign_id DESC OFFSET $2)
"""
_COLUMNS = (
    "campaign_id, plan, status, figures, error, CASE WHEN NOT has_read THEN cursor END AS cursor, created_at"
)
OF_CHAT = f"""
SELECT {_COLUMNS} FROM campaigns WHERE chat_id = $1 AND topic_id = $2 AND chain = $3
ORDER BY status IN ('stopped', 'ended'), campaign_id DESC LIMIT $4
"""
ONE = f"SELECT {_COLUMNS} FROM campaigns WHERE campaign_id = $1 AND chat_id = $2"
LOCK = """
SELECT status, plan, pauses, CASE WHEN NOT has_read THEN cursor END AS cursor FROM campaigns
WHERE campaign_id = $1 AND chat_id = $2 FOR UPDATE
"""
PAUSE = """
UPDATE campaigns SET status = $2, pauses = $3 WHERE campaign_id = $1
"""
# What is not read yet of a campaign that is stopped is not read any more; what is read again, is.
STOP = """
UPDATE campaigns SET status = 'stopped', stopped_at = now(), plan = $2, ends_at = to_timestamp($3::bigint),
    finished = (cursor IS NOT NULL AND NOT has_read) OR $4,
    cursor = CASE WHEN has_read AND NOT $4 THEN cursor END
WHERE campaign_id = $1
"""
FILLS = """
SELECT fill FROM campaign_fills JOIN campaigns USING (campaign_id)
WHERE campaign_id = $1 AND chat_id = $2 AND NOT is_anew ORDER BY number DESC LIMIT $3
"""
POINTS = """
SELECT extract(epoch FROM at)::bigint AS at, points.own, points.whale, plan FROM (
    SELECT at, own, whale, campaign_id, count(*) OVER () AS number,
        row_number() OVER (ORDER BY at DESC) AS from_end
    FROM campaign_points WHERE campaign_id = $1 AND NOT is_anew) AS points
JOIN campaigns USING (campaign_id)
WHERE chat_id = $2 AND (from_end - 1) % greatest(1, (number + $3 - 1) / $3) = 0 ORDER BY at
"""
BEFORE: Mapping[CampaignStatus, tuple[str, ...]] = {
    CampaignStatus.RUNNING: ("paused",),
    CampaignStatus.PAUSED: ("running",),
    CampaignStatus.STOPPED: ("running", "paused"),
    CampaignStatus.ENDED: (),
}
"""From which status one may come to another."""
NOW = "SELECT now()"
ANY = "SELECT EXISTS (SELECT FROM campaigns WHERE NOT finished)"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCampaign:
    """A campaign to be started; its plan names wallets and says from when."""

    chat_id: int
    topic_id: int
    chain: str
    plan: Plan
    origin: str
    """What started it: the same one starts nothing twice."""
    actor_id: int


async def start_campaign(database: Database, new: NewCampaign, *, limit: int) -> int | None:
    """Let a campaign begin with what its plan says, be that past or to come.

    Args:
        database: one transaction, which counts on the account under a lock.
        new: what to start; with the same origin as one before, that one is returned.
        limit: how many the account may have running or paused.

    Returns:
        Its id; None: the account has `limit` that run or pause.
    """

    async def work(connection: Connection) -> int | None:
        account = await lock_account(connection, new.chat_id)
        if (known := await connection.fetchval(STARTED, new.origin)) is not None:
            return int(known)
        if await connection.fetchval(COUNT, account) >= limit:
            return None
        plan = msgspec.json.encode(new.plan).decode()
        of_chat = (new.chat_id, new.topic_id, new.chain, sorted(new.plan.wallets))
        times = (new.plan.until, new.plan.since)
        started: int = await connection.fetchval(START, *of_chat, plan, new.origin, *times)
        await connection.execute(DELETE_OLD, new.chat_id, KEPT)
        await note_act(connection, new.chat_id, started, "started", actor_id=new.actor_id)
        return started

    return await database.transaction(work)


async def open_campaigns(database: Database, chat_id: int) -> int:
    """Return how many campaigns run or pause on the account of a chat."""
    number: int = await database.fetchval(COUNT, await account_of(database, chat_id))
    return number


async def has_campaigns(database: Database) -> bool:
    """Return whether any campaign of any chain may continue."""
    return bool(await database.fetchval(ANY))


async def campaigns_of(
    database: Database, *, chat_id: int, topic_id: int, chain: str, limit: int
) -> list[StoredCampaign]:
    """Those of a chat and topic: what is not over first, then the newest.

    Args:
        database: it is only read.
        chat_id: whose campaigns.
        topic_id: only those started there; 0: in the chat itself.
        chain: only those of this one.
        limit: how many at most.
    """
    return [_stored(row) for row in await database.fetch(OF_CHAT, chat_id, topic_id, chain, limit)]


async def campaign_of(database: Database, *, campaign_id: int, chat_id: int) -> StoredCampaign | None:
    """One campaign of a chat; None: it has no such one.

    Args:
        database: it is only read.
        campaign_id: any number; it counts only as a campaign of `chat_id`.
        chat_id: who asks.
    """
    row = await database.fetchrow(ONE, campaign_id, chat_id)
    return None if row is None else _stored(row)


async def set_campaign_status(
    database: Database, *, campaign_id: int, chat_id: int, status: CampaignStatus, actor_id: int
) -> bool:
    """Let a campaign pause, continue or stop, from this moment on, by the time of blocks.

    Args:
        database: one transaction, which locks the campaign.
        campaign_id: any number; it counts only as a campaign of `chat_id`.
        chat_id: who asks.
        status: what it is to be; `ENDED` comes by time only.
        actor_id: user id of who asks, for the audit log.

    Returns:
        Whether it has that status now; one that it had already is left as it is.

    Raises:
        BadInput: it has paused too often; the text says so.
    """

    async def work(connection: Connection) -> bool:
        row = await connection.fetchrow(LOCK, campaign_id, chat_id)
        if row is None:
            return False
        if row["status"] not in BEFORE[status]:
            return bool(row["status"] == status.value)
        at: datetime = await connection.fetchval(NOW)
        if status is CampaignStatus.STOPPED:
            await _stop(connection, campaign_id, row, at)
        else:
            await connection.execute(PAUSE, campaign_id, status.value, _pauses(row, status, at))
        await note_act(connection, chat_id, campaign_id, status.value, actor_id=actor_id)
        return True

    return await database.transaction(work)


async def _stop(connection: Connection, campaign_id: int, row: Row, at: datetime) -> None:
    plan = msgspec.json.decode(row["plan"], type=Plan)
    last = int((row["cursor"] or at).timestamp()) - (row["cursor"] is not None)
    until = last if plan.until is None else min(last, plan.until)
    has_begun = plan.since is None or plan.since <= until
    ended = msgspec.structs.replace(plan, until=until) if has_begun else plan
    text = msgspec.json.encode(ended).decode()
    await connection.execute(STOP, campaign_id, text, until + 1, not has_begun)


def _pauses(row: Row, status: CampaignStatus, at: datetime) -> str:
    pauses = msgspec.json.decode(row["pauses"], type=list[Pause])
    changed = with_pause if status is CampaignStatus.PAUSED else without_pause
    return msgspec.json.encode(changed(pauses, int(at.timestamp()))).decode()


async def campaign_fills(
    database: Database, *, campaign_id: int, chat_id: int, limit: int
) -> list[StoredFill]:
    """The latest fills of a campaign of the chat, newest first.

    Args:
        database: it is only read.
        campaign_id: any number; it counts only as a campaign of `chat_id`.
        chat_id: who asks.
        limit: how many at most.
    """
    rows = await database.fetch(FILLS, campaign_id, chat_id, limit)
    return [msgspec.json.decode(row["fill"], type=StoredFill) for row in rows]


async def campaign_points(database: Database, *, campaign_id: int, chat_id: int) -> list[Point]:
    """The curve of a campaign of the chat, oldest first: what it began with, and the last of each time.

    Where it has more than `MAX_POINTS`, every n-th of them, counted from the last.

    Args:
        database: it is only read.
        campaign_id: any number; it counts only as a campaign of `chat_id`.
        chat_id: who asks.
    """
    rows = await database.fetch(POINTS, campaign_id, chat_id, MAX_POINTS)
    if not rows:
        return []
    capital = msgspec.json.decode(rows[0]["plan"], type=Plan).capital
    begin = Point(at=rows[0]["at"] - POINT_SECONDS, own=capital, whale=capital)
    return [begin, *(Point(at=row["at"], own=int(row["own"]), whale=int(row["whale"])) for row in rows)]


def _stored(row: Row) -> StoredCampaign:
    plan = msgspec.json.decode(row["plan"], type=Plan)
    return StoredCampaign(
        campaign_id=row["campaign_id"],
        plan=plan,
        status=CampaignStatus(row["status"]),
        figures=_figures(row, plan),
        error=row["error"],
        read_until=row["cursor"],
        created_at=row["created_at"].astimezone(UTC),
    )


def _figures(row: Row, plan: Plan) -> Figures:
    if row["figures"] is not None:
        return msgspec.json.decode(row["figures"], type=Figures)
    return Figures(own=Campaign(plan).result(), whale=Campaign(plan.of_whale).result())
