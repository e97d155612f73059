"""Alerts that are about no wallet: for chats that asked for them by themselves.

Price alerts fire here: what a chat waits for changes together with the alert, so that it fires once, however
many read the price.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import msgspec

from domain.alerts.kinds import AlertEvent, kind_of, rules_of
from domain.tokens.market_price import TokenPrice
from domain.tokens.price_alerts import COME_BACK, Condition, PriceAlert, PriceReached, after, is_reached
from storage.postgres import Connection, Database, Row, columns

# Ids are given in this order.
INSERT_ALERTS = """
INSERT INTO alerts (chain, kind, subject, sort, payload, block_time)
SELECT chain, kind, subject, sort, payload, block_time
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::jsonb[], $6::timestamptz[])
  WITH ORDINALITY AS new (chain, kind, subject, sort, payload, block_time, number)
ORDER BY number RETURNING alert_id
"""

INSERT_CHATS = """
INSERT INTO alert_chats (alert_id, number, chat_id, topic_id, answers_alert_id)
SELECT alert_id, number, chat_id, topic_id, answers
FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])
  AS asked (alert_id, number, chat_id, topic_id, answers)
JOIN chats USING (chat_id)
"""

COLUMNS = "price_alert_id, chat_id, topic_id, chain, mint, condition, target, anchor, is_armed"

# ruff: noqa: S608 - the part put in is the constant above
# Those that fire, and those that may fire again, as domain/tokens/price_alerts.py says. Locked in one order;
# who comes second finds each as the first has left it, and nothing that fires again.
CHANGED = f"""
SELECT {COLUMNS} FROM price_alerts JOIN unnest($2::text[], $3::numeric[]) AS read (mint, usd) USING (mint)
WHERE chain = $1 AND price_alert_id > $4 AND CASE
    WHEN is_armed AND condition = 'above' THEN usd >= target
    WHEN is_armed AND condition = 'below' THEN usd <= target
    WHEN is_armed THEN abs(usd - anchor) >= anchor * target
    WHEN condition = 'above' THEN usd <= target * (1 - $5::numeric)
    ELSE usd >= target * (1 + $5::numeric) END
ORDER BY price_alert_id LIMIT $6 FOR UPDATE OF price_alerts
"""

CHANGE = """
UPDATE price_alerts SET anchor = new.anchor, is_armed = new.is_armed,
    fired_at = CASE WHEN new.fires THEN now() ELSE fired_at END
FROM unnest($1::bigint[], $2::numeric[], $3::boolean[], $4::boolean[])
    AS new (price_alert_id, anchor, is_armed, fires)
WHERE price_alerts.price_alert_id = new.price_alert_id
"""

MAX_AT_ONCE = 500
"""Price alerts that change in one transaction; the next takes the rest."""

ADD = f"""
INSERT INTO price_alerts (chat_id, topic_id, chain, mint, condition, target, anchor, is_armed)
SELECT $1, $2, $3, $4, $5, $6, $7, $8
WHERE (SELECT count(*) FROM price_alerts AS other WHERE other.chat_id = $1
       AND (topic_id, chain, mint, condition, target) <> ($2, $3, $4, $5, $6)) < $9
ON CONFLICT (chat_id, topic_id, chain, mint, condition, target) DO UPDATE
    SET anchor = excluded.anchor, is_armed = excluded.is_armed
RETURNING {COLUMNS}
"""

WAITED_FOR = """
SELECT mint FROM price_alerts WHERE chain = $1 GROUP BY mint ORDER BY mint
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatAlert:
    """An alert that is about no wallet, before it is stored."""

    event: AlertEvent
    """What it reports."""
    happened_at: datetime
    chats: Sequence[tuple[int, int]]
    """Chat and topic of each that gets it; one that is gone by now gets nothing."""
    answers: Sequence[int | None] | None = None
    """For each the earlier alert that it answers, or None; None: it answers none."""


async def insert_chat_alerts(connection: Connection, alerts: Sequence[ChatAlert]) -> list[int]:
    """Store alerts in the transaction of what they report; their ids."""
    if not alerts:
        return []
    stored = await connection.fetch(INSERT_ALERTS, *columns([_values(alert) for alert in alerts], 6))
    alert_ids = sorted(row["alert_id"] for row in stored)
    asked = [
        (alert_id, number, *chat, answered)
        for alert_id, alert in zip(alert_ids, alerts, strict=True)
        for number, (chat, answered) in enumerate(
            zip(alert.chats, alert.answers or [None] * len(alert.chats), strict=True), 1
        )
    ]
    await connection.execute(INSERT_CHATS, *columns(asked, 5))
    return alert_ids


def _values(alert: ChatAlert) -> tuple[object, ...]:
    """Of the columns of INSERT_ALERTS."""
    event, rules = alert.event, rules_of(alert.event)
    payload = msgspec.json.encode(event).decode()
    return (
        rules.chain(event),
        kind_of(event).value,
        rules.subject(event),
        rules.sort(event),
        payload,
        alert.happened_at,
    )


async def insert_chat_alert(
    connection: Connection,
    event: AlertEvent,
    *,
    happened_at: datetime,
    chats: Sequence[tuple[int, int]],
    answers: Sequence[int | None] | None = None,
) -> int:
    """Store an alert for these chats, in the transaction of what it reports; its id.

    Args:
        connection: in that transaction.
        event: what it reports.
        happened_at: when.
        chats: chat and topic of each; one that is gone by now gets nothing.
        answers: for each the earlier alert that it answers, or None; None: it answers none.
    """
    alert = ChatAlert(event=event, happened_at=happened_at, chats=chats, answers=answers)
    (alert_id,) = await insert_chat_alerts(connection, [alert])
    return alert_id


async def fire_price_alerts(database: Database, *, chain: str, prices: Mapping[str, TokenPrice]) -> int:
    """Change every price alert of these tokens that fires or may fire again; the number of those that fired.

    Args:
        database: where they stand.
        chain: of the tokens.
        prices: by mint.
    """
    mints = sorted(prices)
    usd = [prices[mint].usd for mint in mints]
    last_id, fired = 0, 0

    async def work(connection: Connection) -> tuple[list[PriceAlert], int]:
        rows = await connection.fetch(CHANGED, chain, mints, usd, last_id, COME_BACK, MAX_AT_ONCE)
        alerts = [_price_alert(row) for row in rows]
        return alerts, await _change(connection, alerts, prices)

    while mints:
        alerts, count = await database.transaction(work)
        fired += count
        if len(alerts) < MAX_AT_ONCE:
            break
        last_id = alerts[-1].price_alert_id
    return fired


async def _change(
    connection: Connection, alerts: Sequence[PriceAlert], prices: Mapping[str, TokenPrice]
) -> int:
    """Store what they wait for now, and alerts of those that fire; how many that are."""
    changes: list[tuple[int, Decimal, bool, bool]] = []
    for alert in alerts:
        price = prices[alert.mint]
        fires, changed = is_reached(alert, price.usd), after(alert, price.usd)
        changes.append((alert.price_alert_id, changed.anchor, changed.is_armed, fires))
        if fires:
            chats = [(alert.chat_id, alert.topic_id)]
            event = reached(alert, price)
            await insert_chat_alert(connection, event, happened_at=price.read_at, chats=chats)
    if changes:
        await connection.execute(CHANGE, *columns(changes, 4))
    return sum(fires for *_, fires in changes)


def reached(alert: PriceAlert, price: TokenPrice) -> PriceReached:
    """The event of a price alert that fires at this price."""
    return PriceReached(
        chain=alert.chain,
        mint=alert.mint,
        condition=alert.condition,
        target=alert.target,
        anchor=alert.anchor,
        usd=price.usd,
        price_alert_id=alert.price_alert_id,
        market_cap=price.market_cap,
        liquidity=price.liquidity,
        is_certain=price.is_certain,
        slot=price.slot,
    )


async def mints_waited_for(database: Database, *, chain: str) -> list[str]:
    """The tokens on which somebody has a price alert."""
    return [row["mint"] for row in await database.fetch(WAITED_FOR, chain)]


async def add_price_alert(database: Database, alert: PriceAlert, *, limit: int) -> PriceAlert | None:
    """Store a price alert, its id aside; an equal one starts again. None: the chat has too many.

    Args:
        database: one statement, committed by itself.
        alert: equal means the same chat, topic, token, condition and target.
        limit: how many others the chat may have, over all topics.
    """
    row = await database.fetchrow(
        ADD,
        alert.chat_id,
        alert.topic_id,
        alert.chain,
        alert.mint,
        alert.condition.value,
        alert.target,
        alert.anchor,
        alert.is_armed,
        limit,
    )
    return None if row is None else _price_alert(row)


async def price_alerts_of(
    database: Database, *, chat_id: int, topic_id: int, chain: str, mint: str | None = None
) -> list[PriceAlert]:
    """The price alerts of a chat and topic, of one token or of all, oldest first.

    Args:
        database: it is only read.
        chat_id: whose alerts.
        topic_id: only those set there; 0: in the chat itself.
        chain: only those of this one.
        mint: only those of this token; None: all tokens.
    """
    rows = await database.fetch(
        f"SELECT {COLUMNS} FROM price_alerts WHERE chat_id = $1 AND topic_id = $2 AND chain = $3"
        " AND ($4::text IS NULL OR mint = $4) ORDER BY price_alert_id",
        chat_id,
        topic_id,
        chain,
        mint,
    )
    return [_price_alert(row) for row in rows]


async def delete_price_alert(database: Database, *, price_alert_id: int, chat_id: int) -> PriceAlert | None:
    """Delete a price alert of a chat; as it was, or None: it is gone already.

    Args:
        database: one statement, committed by itself.
        price_alert_id: any number; it counts only as an alert of `chat_id`.
        chat_id: who asks, so that nobody deletes an alert of others.
    """
    row = await database.fetchrow(
        f"DELETE FROM price_alerts WHERE price_alert_id = $1 AND chat_id = $2 RETURNING {COLUMNS}",
        price_alert_id,
        chat_id,
    )
    return None if row is None else _price_alert(row)


def _price_alert(row: Row) -> PriceAlert:
    return PriceAlert(**{**dict(row), "condition": Condition(row["condition"])})
