"""Safety states of alerted and held tokens, and the alerts when one becomes dangerous."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

import msgspec

from domain.security.safety import SafetyChanged, TokenState, dangers, remembered
from storage.delivery.chat_alerts import insert_chat_alert
from storage.postgres import Connection, Database
from storage.scans.results import invalidate_scan
from storage.sql_files import read_statement

HOURS = 48
"""For so long after an alert its token is watched for those who got it."""
AT_ONCE = 2_000
"""Alerts whose tokens are noted in one statement."""
LATEST = 200
"""Alerts of a token whose chats gets alerts of a change: of a hot one not all of two days."""

NOTE = read_statement(__name__, "NOTE")
# From the latest id backwards, so that only alerts of these hours are read, once.
BEGIN = """
INSERT INTO token_alerts_noted (chain, alert_id)
SELECT $1, coalesce((SELECT alert_id FROM alerts WHERE created_at < now() - make_interval(hours => $2)
                     ORDER BY alert_id DESC LIMIT 1), 0)
WHERE NOT EXISTS (SELECT FROM token_alerts_noted WHERE chain = $1)
ON CONFLICT DO NOTHING
"""

# What a stranger sends is a holding, too; only what the wallet bought counts.
BOUGHT = """
FROM positions JOIN holdings USING (chain, mint, wallet_id) JOIN watches USING (wallet_id)
WHERE (positions.state->>'purchases')::int > 0 AND holdings.raw > 0 AND coalesce(muted_until <= now(), true)
"""
# ruff: noqa: S608 - the part put in is the constant above
# A token that a followed wallet still has of its purchases stays watched by its last alert.
RENEW = f"""
UPDATE token_alerts AS old SET created_at = now()
WHERE created_at < now() - make_interval(hours => $1)
  AND NOT EXISTS (SELECT FROM token_alerts AS later WHERE later.chain = old.chain AND later.mint = old.mint
                  AND later.alert_id > old.alert_id)
  AND EXISTS (SELECT {BOUGHT} AND positions.chain = old.chain AND positions.mint = old.mint)
"""
FORGET = "DELETE FROM token_alerts WHERE created_at < now() - make_interval(hours => $1)"
FORGET_STATES = """
DELETE FROM token_watches WHERE read_at < now() - make_interval(hours => $1)
"""

NEXT = read_statement(__name__, "NEXT")

# Where no pool was found, one look in so many searches again: it may have been opened since.
UNPOOLED_OWN = """
SELECT DISTINCT mint FROM own_tokens LEFT JOIN token_watches USING (chain, mint)
WHERE chain = $1 AND mint = ANY($2::text[])
  AND (read_at IS NULL OR (state->>'liquidity' IS NULL AND random() * $3 < 1)) ORDER BY mint
"""
SEARCHED_EVERY = 50

LOCK = """
SELECT state, ARRAY(
    SELECT key FROM jsonb_each_text(announced)
    WHERE value::timestamptz > now() - interval '1 day') AS announced
FROM token_watches WHERE chain = $1 AND mint = $2 FOR UPDATE
"""
SAVE = """
INSERT INTO token_watches (chain, mint, state) VALUES ($1, $2, $3)
ON CONFLICT (chain, mint) DO UPDATE SET state = excluded.state, read_at = now(),
    announced = token_watches.announced
        || (SELECT coalesce(jsonb_object_agg(danger, now()), '{}') FROM unnest($4::text[]) AS danger)
"""
SAVE_UNREADABLE = """
INSERT INTO token_watches (chain, mint) SELECT $1, unnest($2::text[])
ON CONFLICT (chain, mint) DO UPDATE SET read_at = now()
"""

# Who was told of the token, each with the alert that told them last; and who follows a wallet that bought it.
AUDIENCE = f"""
WITH latest AS (
    SELECT alert_id FROM token_alerts JOIN alerts USING (alert_id)
    WHERE token_alerts.chain = $1 AND mint = $2 AND alerts.created_at > now() - make_interval(hours => $3)
    ORDER BY alert_id DESC LIMIT $4
)
SELECT DISTINCT ON (chat_id, topic_id) chat_id, topic_id, alert_id FROM (
    SELECT deliveries.chat_id, deliveries.topic_id, alert_id
    FROM latest JOIN deliveries USING (alert_id) LEFT JOIN watches ON watches.watch_id = deliveries.watch_id
    WHERE deliveries.kind IN ('alert', 'living', 'living_edit') AND deliveries.state IN ('sent', 'digested')
      AND coalesce(muted_until <= now(), true)
    UNION ALL
    SELECT chat_id, topic_id, NULL FROM own_tokens JOIN own_wallets USING (chain, address)
    WHERE own_tokens.chain = $1 AND mint = $2
    UNION ALL
    SELECT chat_id, topic_id, NULL {BOUGHT} AND positions.chain = $1 AND positions.mint = $2
) AS audience
ORDER BY chat_id, topic_id, alert_id DESC NULLS LAST
"""


HOLDERS = read_statement(__name__, "HOLDERS")
MAX_HOLDERS = 2
"""Of one token."""


async def note_tokens(database: Database, *, chain: str, money: Sequence[str]) -> None:
    """Note the tokens of new alerts, and forget those of old ones that no followed wallet bought and has.

    Args:
        database: where alerts are stored.
        chain: of the alerts.
        money: mints that are paid with, which are not watched.
    """
    await database.execute(BEGIN, chain, HOURS)
    while await database.fetchval(NOTE, chain, AT_ONCE, list(money), HOURS) == AT_ONCE:
        pass
    await database.execute(RENEW, HOURS)
    await database.execute(FORGET, HOURS)
    await database.execute(FORGET_STATES, 2 * HOURS)


async def next_tokens(database: Database, *, chain: str, limit: int) -> list[str]:
    """The tokens whose turn it is.

    Args:
        database: it is only read.
        chain: whose tokens.
        limit: how many at most; those never read and those read before take turns, so that neither starves.
    """
    return [row["mint"] for row in await database.fetch(NEXT, chain, limit)]


async def own_tokens_to_search(
    database: Database, *, chain: str, mints: Sequence[str], every: int = SEARCHED_EVERY
) -> list[str]:
    """Those that people hold themselves and whose pools are to be looked for.

    Args:
        database: it is only read.
        chain: of the tokens.
        mints: those about to be checked; one that was never read is always among the answer.
        every: of looks at a token without a pool, one in so many, by chance, is a search.
    """
    rows = await database.fetch(UNPOOLED_OWN, chain, list(mints), every)
    return [row["mint"] for row in rows]


async def followed_holders(database: Database, *, chain: str, mints: Sequence[str]) -> dict[str, list[str]]:
    """Followed wallets that bought these tokens and have the most of them, a few of each token.

    Args:
        database: it is only read.
        chain: of the tokens.
        mints: those about to be checked.
    """
    rows = await database.fetch(HOLDERS, chain, list(mints), MAX_HOLDERS)
    return {row["mint"]: list(row["wallets"]) for row in rows}


async def note_unreadable(database: Database, *, chain: str, mints: Sequence[str]) -> None:
    """Note that these were checked without success, so that their turn is over.

    Args:
        database: one statement, committed by itself.
        chain: of the tokens.
        mints: those that no node could read; what is stored of them stays.
    """
    await database.execute(SAVE_UNREADABLE, chain, sorted(mints))


async def compare(
    database: Database, *, chain: str, states: Mapping[str, TokenState], read_at: datetime
) -> list[SafetyChanged]:
    """Store what was read, and an alert for each token that became dangerous; these changes.

    State and alert of a token are stored together, so that a change is announced once, however many read it;
    its scan is void from then on. A danger of a token is announced once a day at most; what came meanwhile is
    told after that, if it lasts.

    Args:
        database: where states are stored.
        chain: of the tokens.
        states: what was read of each.
        read_at: when.

    Raises:
        Unavailable: PostgreSQL is unavailable; some of the tokens may be stored.
    """
    changed = []
    for mint, after in sorted(states.items()):
        work = partial(_compare_one, chain=chain, mint=mint, after=after, read_at=read_at)
        if (event := await database.transaction(work)) is not None:
            changed.append(event)
    return changed


async def _compare_one(
    connection: Connection, *, chain: str, mint: str, after: TokenState, read_at: datetime
) -> SafetyChanged | None:
    row = await connection.fetchrow(LOCK, chain, mint)
    if row is None or row["state"] is None:
        await connection.execute(SAVE, chain, mint, msgspec.json.encode(after).decode(), [])
        return None
    before = msgspec.json.decode(row["state"], type=TokenState)
    if after.slot <= before.slot:
        return None
    found = dangers(before, after)
    fresh = tuple(one for one in found if one not in row["announced"])
    if found:
        await invalidate_scan(connection, chain=chain, subject=mint, is_first=bool(fresh))
    event = SafetyChanged(chain=chain, mint=mint, dangers=fresh, before=before, after=after)
    announced = fresh if fresh and await _announce(connection, event, read_at) else ()
    kept = remembered(before, after, silent=[one for one in found if one not in fresh])
    await connection.execute(SAVE, chain, mint, msgspec.json.encode(kept).decode(), list(announced))
    return event if fresh else None


async def _announce(connection: Connection, event: SafetyChanged, read_at: datetime) -> bool:
    """Return whether an alert was stored."""
    rows = await connection.fetch(AUDIENCE, event.chain, event.mint, HOURS, LATEST)
    if rows:
        chats = [(row["chat_id"], row["topic_id"]) for row in rows]
        answers = [row["alert_id"] for row in rows]
        await insert_chat_alert(connection, event, happened_at=read_at, chats=chats, answers=answers)
    return bool(rows)
