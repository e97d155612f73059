"""Paper campaigns as they are stored: they go on with the trades that are noted.

That happens in the transaction in which trades are noted (storage/delivery/trade_prices.py), each once: a
process that dies loses no fill and makes none twice.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import msgspec

from domain.activity.activity import Activity
from domain.paper.campaign import Campaign
from domain.paper.plan import Plan
from domain.paper.seen import seen_trade_of
from domain.paper.state import State, read_state, write_state
from domain.paper.stored import CampaignStatus, StoredCampaign, StoredFill
from domain.paper.trades import Filled, SeenTrade, unmoved
from storage.postgres import Connection, Database, Row, columns

log = logging.getLogger(__name__)

# Those that follow a wallet of these trades, or wait for a price of one of their tokens.
TOUCHED = """
SELECT campaign_id, wallet, plan, state, whale, fills FROM campaigns
WHERE chain = $1 AND status = 'running' AND (wallet = ANY($2::text[]) OR tokens && $3::text[])
ORDER BY campaign_id FOR UPDATE
"""
SAVE = """
UPDATE campaigns SET state = new.state, whale = new.whale, tokens = string_to_array(new.tokens, ' '),
    fills = new.fills, advanced_at = now()
FROM unnest($1::bigint[], $2::jsonb[], $3::jsonb[], $4::text[], $5::int[])
    AS new (campaign_id, state, whale, tokens, fills)
WHERE campaigns.campaign_id = new.campaign_id
"""
ADD_FILLS = """
INSERT INTO campaign_fills (campaign_id, number, fill, filled_at)
SELECT * FROM unnest($1::bigint[], $2::int[], $3::jsonb[], $4::timestamptz[])
"""
BREAK_OFF = "UPDATE campaigns SET status = 'stopped', stopped_at = now(), error = $2 WHERE campaign_id = $1"
LOCK_CHAT = "SELECT chat_id FROM chats WHERE chat_id = $1 FOR NO KEY UPDATE"
COUNT = "SELECT count(*) FROM campaigns WHERE chat_id = $1 AND status <> 'stopped'"
START = """
INSERT INTO campaigns (chat_id, topic_id, chain, wallet, plan) VALUES ($1, $2, $3, $4, $5)
RETURNING campaign_id
"""
OF_CHAT = """
SELECT campaign_id, wallet, plan, status, state, whale, error, created_at FROM campaigns
WHERE chat_id = $1 AND topic_id = $2 AND chain = $3
ORDER BY status = 'stopped', campaign_id DESC LIMIT $4
"""
SET_STATUS = """
UPDATE campaigns SET status = $3, stopped_at = CASE WHEN $3 = 'stopped' THEN now() END
WHERE campaign_id = $1 AND chat_id = $2 AND status = ANY($4::text[]) RETURNING campaign_id
"""
FILLS = """
SELECT fill FROM campaign_fills JOIN campaigns USING (campaign_id)
WHERE campaign_id = $1 AND chat_id = $2 ORDER BY number DESC LIMIT $3
"""


BEFORE = {
    CampaignStatus.RUNNING: (CampaignStatus.PAUSED,),
    CampaignStatus.PAUSED: (CampaignStatus.RUNNING,),
    CampaignStatus.STOPPED: (CampaignStatus.RUNNING, CampaignStatus.PAUSED),
}
"""From which status one may come to another."""


async def start_campaign(
    database: Database, *, chat_id: int, topic_id: int, chain: str, plan: Plan, limit: int
) -> int | None:
    """Let a campaign of one wallet run from now on; its id, or None: the chat has `limit` already."""
    (wallet,) = plan.wallets

    async def work(connection: Connection) -> int | None:
        await connection.execute(LOCK_CHAT, chat_id)
        if await connection.fetchval(COUNT, chat_id) >= limit:
            return None
        encoded = msgspec.json.encode(plan).decode()
        started: int = await connection.fetchval(START, chat_id, topic_id, chain, wallet, encoded)
        return started

    return await database.transaction(work)


async def campaigns_of(
    database: Database, *, chat_id: int, topic_id: int, chain: str, limit: int
) -> list[StoredCampaign]:
    """Those of a chat and topic: what is not stopped first, then the newest."""
    return [_stored(row) for row in await database.fetch(OF_CHAT, chat_id, topic_id, chain, limit)]


async def set_campaign_status(
    database: Database, *, campaign_id: int, chat_id: int, status: CampaignStatus
) -> bool:
    """Whether it came to this status from one before it."""
    before = [one.value for one in BEFORE[status]]
    return await database.fetchval(SET_STATUS, campaign_id, chat_id, status.value, before) is not None


async def campaign_fills(
    database: Database, *, campaign_id: int, chat_id: int, limit: int
) -> list[StoredFill]:
    """The latest fills of a campaign of the chat, newest first."""
    rows = await database.fetch(FILLS, campaign_id, chat_id, limit)
    return [msgspec.json.decode(row["fill"], type=StoredFill) for row in rows]


async def advance_campaigns(connection: Connection, seen: Iterable[tuple[Activity, datetime]]) -> None:
    """Let campaigns go on by these trades. Call it once for each, in the transaction that says so."""
    by_chain: dict[str, list[SeenTrade]] = defaultdict(list)
    for activity, at in sorted(seen, key=lambda one: (one[1], one[0].slot, one[0].position or 0)):
        trade = seen_trade_of(activity, at)
        if trade is not None:
            by_chain[activity.chain].append(trade)
    for chain, trades in by_chain.items():
        await _advance(connection, chain, trades)


async def _advance(connection: Connection, chain: str, trades: Sequence[SeenTrade]) -> None:
    wallets = sorted({trade.wallet for trade in trades})
    tokens = sorted({trade.token for trade in trades if trade.token is not None})
    saved: list[tuple[object, ...]] = []
    filled: list[tuple[object, ...]] = []
    for row in await connection.fetch(TOUCHED, chain, wallets, tokens):
        try:
            state, whale, fills = _go_on(row, trades)
        except Exception as error:
            log.exception("Campaign %d cannot go on", row["campaign_id"])
            await connection.execute(BREAK_OFF, row["campaign_id"], f"{type(error).__name__}"[:200])
            continue
        numbered = enumerate(fills, start=row["fills"] + 1)
        filled += [(row["campaign_id"], number, *_fill_row(fill)) for number, fill in numbered]
        waits = " ".join(sorted(state.tokens | whale.tokens))
        states = write_state(state), write_state(whale)
        saved.append((row["campaign_id"], *states, waits, row["fills"] + len(fills)))
    if saved:
        await connection.execute(SAVE, *columns(saved, 5))
    if filled:
        await connection.execute(ADD_FILLS, *columns(filled, 4))


def _go_on(row: Row, trades: Sequence[SeenTrade]) -> tuple[State, State, list[Filled]]:
    """The campaign and its whale after those of the trades that concern them."""
    campaign, whale = _campaign(row), _whale(row)
    own = {token for trade in trades if trade.wallet == row["wallet"] for token in trade.buys}
    tokens = campaign.state.tokens | whale.state.tokens | own
    concerned = [trade for trade in trades if trade.wallet == row["wallet"] or trade.token in tokens]
    fills = [*campaign.fold(concerned)]
    for trade in concerned:
        whale.see(unmoved(trade))
    return campaign.state, whale.state, fills


def _campaign(row: Row) -> Campaign:
    plan = msgspec.json.decode(row["plan"], type=Plan)
    return Campaign(plan, None if row["state"] is None else read_state(row["state"]))


def _whale(row: Row) -> Campaign:
    plan = msgspec.json.decode(row["plan"], type=Plan).of_whale
    return Campaign(plan, None if row["whale"] is None else read_state(row["whale"]))


def _fill_row(fill: Filled) -> tuple[str, datetime]:
    kept = StoredFill(
        side=fill.side,
        cause=fill.cause,
        token=fill.token,
        signature=fill.signature,
        ordered_at=fill.ordered_at,
        filled_at=fill.filled_at,
        quantity=str(fill.quantity),
        lamports=fill.lamports,
        fees=fill.fees,
        gain=fill.gain,
    )
    return msgspec.json.encode(kept).decode(), datetime.fromtimestamp(fill.filled_at, UTC)


def _stored(row: Row) -> StoredCampaign:
    campaign = _campaign(row)
    return StoredCampaign(
        campaign_id=row["campaign_id"],
        wallet=row["wallet"],
        plan=msgspec.json.decode(row["plan"], type=Plan),
        status=CampaignStatus(row["status"]),
        result=campaign.result(),
        whale=_whale(row).result(),
        open_positions=len(campaign.state.positions),
        error=row["error"],
        created_at=row["created_at"],
    )
