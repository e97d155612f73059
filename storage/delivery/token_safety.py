"""Tokens that people were alerted on, or that followed wallets hold: how they were, who hears of a change."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from domain.security.safety import SafetyChanged, TokenState, dangers, remembered
from storage.delivery.chat_alerts import insert_chat_alert
from storage.postgres import Connection, Database

HOURS = 48
"""For so long after an alert its token is watched for those who got it."""
AT_ONCE = 2_000
"""Alerts whose tokens are noted in one statement."""

# Each alert is noted once, in the order of their ids: the row with the last id is locked, so that of several
# workers one goes on where another has stopped.
NOTE = """
WITH last AS (
    SELECT alert_id FROM token_alerts_noted WHERE chain = $1 FOR UPDATE
), fresh AS (
    SELECT alerts.alert_id, payload, created_at FROM alerts, last
    WHERE alerts.chain = $1 AND alerts.alert_id > last.alert_id AND kind = 'activity'
      AND created_at < now() - interval '5 seconds'
    ORDER BY alerts.alert_id LIMIT $2
), noted AS (
    INSERT INTO token_alerts (chain, mint, alert_id, created_at)
    SELECT DISTINCT $1::text, leg->>'mint', alert_id, created_at
    FROM fresh, LATERAL (VALUES ('paid'), ('received')) AS sides (side),
         LATERAL jsonb_array_elements(payload->side) AS leg
    WHERE leg->>'mint' <> ALL($3::text[]) AND created_at > now() - make_interval(hours => $4)
    ON CONFLICT DO NOTHING
)
UPDATE token_alerts_noted SET alert_id = (SELECT max(fresh.alert_id) FROM fresh)
WHERE chain = $1 AND EXISTS (SELECT FROM fresh)
"""
BEGIN = "INSERT INTO token_alerts_noted (chain, alert_id) VALUES ($1, 0) ON CONFLICT DO NOTHING"
FORGET = "DELETE FROM token_alerts WHERE created_at < now() - make_interval(hours => $1)"
FORGET_STATES = """
DELETE FROM token_watches WHERE read_at < now() - make_interval(hours => $1)
"""

# The busiest first: a token's turn comes sooner the more alerts and holders it has, and the longer nobody
# looked.
NEXT = """
WITH wanted AS (
    SELECT mint, count(*) AS weight FROM token_alerts WHERE chain = $1 GROUP BY mint
    UNION ALL
    SELECT mint, count(*) FROM holdings WHERE chain = $1 AND raw > 0 AND mint <> ALL($3::text[])
      AND EXISTS (SELECT FROM watches WHERE watches.wallet_id = holdings.wallet_id)
    GROUP BY mint
), weighed AS (
    SELECT mint, sum(weight) AS weight FROM wanted GROUP BY mint
)
SELECT mint FROM weighed
LEFT JOIN (SELECT mint, read_at FROM token_watches WHERE chain = $1) AS looked USING (mint)
ORDER BY read_at IS NOT NULL, extract(epoch FROM now() - read_at) * weight DESC NULLS LAST, weight DESC, mint
LIMIT $2
"""

LOCK = """
SELECT mint, state FROM token_watches WHERE chain = $1 AND mint = ANY($2::text[]) ORDER BY mint FOR UPDATE
"""
SAVE = """
INSERT INTO token_watches (chain, mint, state) VALUES ($1, $2, $3)
ON CONFLICT (chain, mint) DO UPDATE SET state = excluded.state, read_at = now()
"""

# Who was told of the token, each with the alert that told them last; and who follows a wallet that holds it.
AUDIENCE = """
SELECT DISTINCT ON (chat_id, topic_id) chat_id, topic_id, alert_id FROM (
    SELECT chat_id, topic_id, alert_id FROM token_alerts JOIN deliveries USING (alert_id)
    WHERE token_alerts.chain = $1 AND mint = $2 AND deliveries.kind = 'alert'
      AND deliveries.state IN ('sent', 'digested')
    UNION ALL
    SELECT chat_id, topic_id, NULL FROM holdings JOIN watches USING (wallet_id)
    WHERE holdings.chain = $1 AND mint = $2 AND raw > 0
) AS audience
ORDER BY chat_id, topic_id, alert_id DESC NULLS LAST
"""


async def note_tokens(database: Database, *, chain: str, money: Sequence[str]) -> None:
    """Note the tokens of new alerts, and forget those of old ones.

    Args:
        database: where alerts stand.
        chain: of the alerts.
        money: mints that are paid with, which are not watched.
    """
    await database.execute(BEGIN, chain)
    await database.execute(NOTE, chain, AT_ONCE, list(money), HOURS)
    await database.execute(FORGET, HOURS)
    await database.execute(FORGET_STATES, 2 * HOURS)


async def next_tokens(database: Database, *, chain: str, money: Sequence[str], limit: int) -> list[str]:
    """The tokens whose turn it is."""
    return [row["mint"] for row in await database.fetch(NEXT, chain, limit, list(money))]


async def compare(
    database: Database, *, chain: str, states: Mapping[str, TokenState], read_at: datetime
) -> list[SafetyChanged]:
    """Store what was read, and an alert for each token that became dangerous; these changes.

    State and alert are stored together, so that a change is told once however many workers read it.

    Args:
        database: where states stand.
        chain: of the tokens.
        states: what was read of each.
        read_at: when.
    """

    async def work(connection: Connection) -> list[SafetyChanged]:
        rows = await connection.fetch(LOCK, chain, sorted(states))
        known = {row["mint"]: msgspec.json.decode(row["state"], type=TokenState) for row in rows}
        changed = []
        for mint, after in sorted(states.items()):
            before = known.get(mint)
            if before is not None and after.slot <= before.slot:
                continue
            kept = msgspec.json.encode(remembered(before, after)).decode()
            await connection.execute(SAVE, chain, mint, kept)
            if before is not None and (found := dangers(before, after)):
                event = SafetyChanged(chain=chain, mint=mint, dangers=found, before=before, after=after)
                await _tell(connection, event, read_at)
                changed.append(event)
        return changed

    return await database.transaction(work) if states else []


async def _tell(connection: Connection, event: SafetyChanged, read_at: datetime) -> None:
    rows = await connection.fetch(AUDIENCE, event.chain, event.mint)
    if rows:
        chats = [(row["chat_id"], row["topic_id"]) for row in rows]
        answers = [row["alert_id"] for row in rows]
        await insert_chat_alert(connection, event, happened_at=read_at, chats=chats, answers=answers)
