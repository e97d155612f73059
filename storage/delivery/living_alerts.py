"""Living alerts: the deliveries of one position in one chat, which one message shows.

the first event ──> a message ──> each later event edits it, coalesced ──> the exit: an answer

What is edited and when is decided in the transaction of the fan-out; all edits of a message go in one lane,
so that they go one after the other, and each shows all that is known at that time. What waits for a digest is
told by it, and stands in the message as well: an edit wakes nobody.
"""

from collections.abc import Collection, Sequence

from domain.delivery.living import EDIT_SECONDS, QUIET_DAYS, OpenPositions, position_event
from domain.rules.rules import Watch
from storage.delivery.open_alerts import Alert
from storage.postgres import Connection

_CHATS = "unnest($1::bigint[], $2::bigint[]) AS asked (chat_id, topic_id)"

# ruff: noqa: S608 - the parts put in are the constants above
END_QUIET = f"""
UPDATE living_alerts SET closed_at = now() FROM {_CHATS}
WHERE living_alerts.chat_id = asked.chat_id AND living_alerts.topic_id = asked.topic_id AND wallet_id = $3
  AND mint = $4 AND closed_at IS NULL AND last_at < now() - make_interval(days => $5)
"""

# The wallet left the position in a way that no alert told, as by a transfer: this one is new.
END_LEFT = f"""
UPDATE living_alerts SET closed_at = now() FROM {_CHATS}
WHERE living_alerts.chat_id = asked.chat_id AND living_alerts.topic_id = asked.topic_id AND wallet_id = $3
  AND mint = $4 AND closed_at IS NULL
"""

# The next edit goes together with one that is due later anyway, else as soon as the time between two allows.
_NEXT_EDIT = """CASE WHEN open.edit_at > now() THEN open.edit_at
    ELSE greatest(now(), open.edit_at + make_interval(secs => $6)) END"""
_MINE = """deliveries.alert_id = $5
  AND deliveries.chat_id = {0}.chat_id AND deliveries.topic_id = {0}.topic_id
  AND deliveries.channel = 'telegram' AND deliveries.state IN {1}"""
_PENDING = "('pending')"
_REFRESH = """INSERT INTO deliveries (kind, living_id, chat_id, topic_id, lane, due_at, coalescing)
SELECT 'living_refresh', living_id, chat_id, topic_id, lane, edit_at, true"""
_ONE_REFRESH = """ON CONFLICT (living_id) WHERE kind = 'living_refresh' AND state IN ('pending', 'retry')
DO UPDATE SET expires_at = NULL"""

# The first message may wait for others of its wallet; no edit is due before it.
JOIN = f"""
WITH joined AS (
    INSERT INTO living_alerts AS open (chat_id, topic_id, wallet_id, mint, lane, edit_at)
    SELECT asked.chat_id, asked.topic_id, $3, $4, lane, due_at - make_interval(secs => $6)
    FROM {_CHATS} JOIN deliveries ON {_MINE.format("asked", _PENDING)}
    ORDER BY asked.chat_id, asked.topic_id
    ON CONFLICT (chat_id, topic_id, wallet_id, mint) WHERE closed_at IS NULL
    DO UPDATE SET events = open.events + 1, last_at = now(), edit_at = {_NEXT_EDIT}
    RETURNING living_id, chat_id, topic_id, lane, edit_at, events = 1 AS is_first
)
UPDATE deliveries SET living_id = joined.living_id, send_alone = is_first, lane = joined.lane,
    kind = CASE WHEN is_first THEN 'living' ELSE 'living_edit' END,
    due_at = CASE WHEN is_first THEN due_at ELSE edit_at END,
    coalescing = CASE WHEN is_first THEN coalescing ELSE edit_at > now() END
FROM joined WHERE {_MINE.format("joined", _PENDING)}
"""

# The exit is an answer, which rings, unless the chat gets it with a digest; so does what comes before it. The
# message is written once more.
SHOW = f"""
WITH extended AS (
    UPDATE living_alerts AS open SET closed_at = CASE WHEN $7 THEN now() END,
        closed_by = CASE WHEN $7 THEN $5::bigint END,
        last_at = now(), events = open.events + 1, edit_at = {_NEXT_EDIT}
    FROM {_CHATS}
    WHERE open.chat_id = asked.chat_id AND open.topic_id = asked.topic_id AND wallet_id = $3 AND mint = $4
      AND closed_at IS NULL
    RETURNING living_id, open.chat_id, open.topic_id, lane, edit_at
), joined AS (
    UPDATE deliveries SET living_id = extended.living_id, send_alone = true FROM extended
    WHERE {_MINE.format("extended", "('pending', 'deferred')")}
)
{_REFRESH} FROM extended
{_ONE_REFRESH}
"""

# The exit that ended it never happened: its position continues, unless the true exit is known by now, the
# chat reads of it otherwise, or a later one tells it. What its message says of reverted events is written
# again.
UNDO = f"""
WITH undone AS (
    SELECT DISTINCT living_id, alert_id, payload->>'signature' AS signature
    FROM deliveries JOIN alerts USING (alert_id)
    WHERE alert_id = ANY($1::bigint[]) AND living_id IS NOT NULL
      AND deliveries.kind NOT IN ('living', 'living_edit')
), reopened AS (
    SELECT DISTINCT ON (open.chat_id, open.topic_id, wallet_id, mint) open.living_id
    FROM living_alerts AS open
    JOIN undone ON undone.living_id = open.living_id AND undone.alert_id = open.closed_by
    JOIN chats ON chats.chat_id = open.chat_id AND (settings->'living')::boolean
    WHERE NOT EXISTS (
            SELECT FROM alerts AS known
            WHERE known.payload->>'signature' = undone.signature AND known.wallet_id = open.wallet_id
              AND known.reverted_at IS NULL)
      AND NOT EXISTS (
            SELECT FROM living_alerts AS other
            WHERE (other.chat_id, other.topic_id, other.wallet_id, other.mint)
                  = (open.chat_id, open.topic_id, open.wallet_id, open.mint) AND other.closed_at IS NULL)
    ORDER BY open.chat_id, open.topic_id, wallet_id, mint, open.living_id DESC
), changed AS (
    UPDATE living_alerts AS open SET edit_at = {_NEXT_EDIT.replace("$6", "$2")},
        closed_at = CASE WHEN reopened.living_id IS NULL THEN open.closed_at END,
        closed_by = CASE WHEN reopened.living_id IS NULL THEN open.closed_by END
    FROM (SELECT DISTINCT living_id FROM undone) AS touched LEFT JOIN reopened USING (living_id)
    WHERE open.living_id = touched.living_id
    RETURNING open.living_id, open.chat_id, open.topic_id, open.lane, open.edit_at
)
{_REFRESH} FROM changed
{_ONE_REFRESH}
"""


OPEN = """
SELECT chat_id, topic_id, wallet_id, mint FROM living_alerts
WHERE chat_id = ANY($1::bigint[]) AND wallet_id = ANY($2::bigint[])
  AND closed_at IS NULL AND last_at >= now() - make_interval(days => $3)
"""


async def open_positions(
    connection: Connection, watches: Collection[Watch], wallet_ids: Collection[int]
) -> OpenPositions:
    """The positions of wallets that messages tell in those chats of the watches that read of them so.

    Args:
        connection: in the transaction of the fan-out.
        watches: those that may get the alerts.
        wallet_ids: of the alerts.
    """
    chats = {watch.chat_id for watch in watches if watch.settings.living}
    rows = await connection.fetch(OPEN, list(chats), list(wallet_ids), QUIET_DAYS) if chats else []
    return OpenPositions({(row["chat_id"], row["topic_id"], row["wallet_id"], row["mint"]) for row in rows})


async def join_positions(
    connection: Connection,
    alert: Alert,
    wallet_id: int,
    watches: Sequence[Watch],
    *,
    sent: Collection[tuple[int, int, int]],
    deferred: Collection[tuple[int, int, int]],
) -> None:
    """Let deliveries of an alert open, edit or end the messages of a position, in chats that read of it so.

    Args:
        connection: in the transaction that has made the deliveries.
        alert: what happened.
        wallet_id: whose position it is.
        watches: that were decided.
        sent: alert, chat and topic of what goes at once.
        deferred: the same of what waits for a digest.
    """
    chats = [(watch.chat_id, watch.topic_id) for watch in watches if watch.settings.living]
    now = [chat for chat in chats if (alert.alert_id, *chat) in sent]
    later = [chat for chat in chats if (alert.alert_id, *chat) in deferred]
    event = position_event(alert.event, full_exit=alert.facts.full_exit) if now or later else None
    if event is None:
        return
    position = (*_columns([*now, *later]), wallet_id, event.mint)
    if event.is_entry:
        await connection.execute(END_LEFT, *position)
    else:
        await connection.execute(END_QUIET, *position, QUIET_DAYS)
    about = (wallet_id, event.mint, alert.alert_id, EDIT_SECONDS)
    if now and not event.is_exit:
        await connection.execute(JOIN, *_columns(now), *about)
    if displayed := [*now, *later] if event.is_exit else later:
        await connection.execute(SHOW, *_columns(displayed), *about, event.is_exit)


async def undo_events(connection: Connection, alert_ids: Sequence[int]) -> None:
    """Take back what reverted alerts said of positions beside their messages: that they ended, above all."""
    await connection.execute(UNDO, list(alert_ids), EDIT_SECONDS)


def _columns(chats: Sequence[tuple[int, int]]) -> tuple[list[int], list[int]]:
    return [chat for chat, _ in chats], [topic for _, topic in chats]
