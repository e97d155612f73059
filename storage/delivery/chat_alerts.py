"""Alerts that are about no wallet: for chats that asked for them by themselves.

Price alerts fire here: what a chat waits for changes together with the alert, so that it fires once, however
many read the price.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from domain.alerts.kinds import AlertEvent, kind_of, rules_of
from domain.tokens.market_price import TokenPrice
from domain.tokens.price_alerts import Condition, PriceAlert, PriceReached, after, is_reached
from storage.postgres import Connection, Database, Row

INSERT_ALERT = """
INSERT INTO alerts (chain, kind, subject, sort, payload, block_time) VALUES ($1, $2, $3, $4, $5, $6)
RETURNING alert_id
"""

INSERT_CHATS = """
INSERT INTO alert_chats (alert_id, number, chat_id, topic_id, answers_alert_id)
SELECT $1, number, chat_id, topic_id, answers FROM unnest($2::bigint[], $3::bigint[], $4::bigint[])
  WITH ORDINALITY AS asked (chat_id, topic_id, answers, number)
JOIN chats USING (chat_id)
"""

COLUMNS = "price_alert_id, chat_id, topic_id, chain, mint, condition, target, anchor, is_armed"

# ruff: noqa: S608 - the part put in is the constant above
# Locked in one order; who comes second finds what the first has left, and nothing that fires again.
OF_MINTS = f"""
SELECT {COLUMNS} FROM price_alerts WHERE chain = $1 AND mint = ANY($2::text[])
ORDER BY price_alert_id FOR UPDATE
"""

CHANGE = """
UPDATE price_alerts SET anchor = $2, is_armed = $3, fired_at = CASE WHEN $4 THEN now() ELSE fired_at END
WHERE price_alert_id = $1
"""

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
    rules = rules_of(event)
    alert_id: int = await connection.fetchval(
        INSERT_ALERT,
        rules.chain(event),
        kind_of(event).value,
        rules.subject(event),
        rules.sort(event),
        msgspec.json.encode(event).decode(),
        happened_at,
    )
    chat_ids, topic_ids = [one for one, _ in chats], [one for _, one in chats]
    answered = [None] * len(chats) if answers is None else list(answers)
    await connection.execute(INSERT_CHATS, alert_id, chat_ids, topic_ids, answered)
    return alert_id


async def fire_price_alerts(database: Database, *, chain: str, prices: Mapping[str, TokenPrice]) -> int:
    """Look at every price alert of these tokens; the number of those that fired.

    Args:
        database: where they stand.
        chain: of the tokens.
        prices: by mint.
    """

    async def work(connection: Connection) -> int:
        rows = await connection.fetch(OF_MINTS, chain, sorted(prices)) if prices else []
        fired = 0
        for alert in map(_price_alert, rows):
            fired += await _look_at(connection, alert, prices[alert.mint])
        return fired

    return await database.transaction(work)


async def _look_at(connection: Connection, alert: PriceAlert, price: TokenPrice) -> bool:
    """Whether it fired."""
    fires, changed = is_reached(alert, price.usd), after(alert, price.usd)
    if changed == alert and not fires:
        return False
    await connection.execute(CHANGE, alert.price_alert_id, changed.anchor, changed.is_armed, fires)
    if fires:
        event = reached(alert, price)
        chat = (alert.chat_id, alert.topic_id)
        await insert_chat_alert(connection, event, happened_at=price.read_at, chats=[chat])
    return fires


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
    """Store a price alert, its id aside; an equal one starts anew. None: the chat has too many."""
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
    """The price alerts of a chat and topic, of one token or of all, oldest first."""
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
    """Delete a price alert of a chat; as it was, or None: it is gone already."""
    row = await database.fetchrow(
        f"DELETE FROM price_alerts WHERE price_alert_id = $1 AND chat_id = $2 RETURNING {COLUMNS}",
        price_alert_id,
        chat_id,
    )
    return None if row is None else _price_alert(row)


def _price_alert(row: Row) -> PriceAlert:
    return PriceAlert(**{**dict(row), "condition": Condition(row["condition"])})
