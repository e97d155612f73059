"""How far the noise budgets of chats have come, and what their last week brought (domain/rules/noise.py).

Each event that a budget judged has its score in its delivery. The week of a chat is counted once an hour.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import msgspec

from domain.rules.noise import NoiseDay, NoiseWeek, day_of, quantiles
from domain.rules.quiet import part_of_day, zone_of
from domain.rules.rules import ChatSettings, Watch
from storage.postgres import Connection
from storage.sql_files import read_statement

WEEK = timedelta(days=7)
MAX_EVENTS = 10_000
"""The latest of a week that are counted."""

KEPT = """
SELECT chat_id, week FROM noise_weeks JOIN unnest($1::bigint[], $2::text[]) AS asked (chat_id, zone)
    USING (chat_id, zone)
WHERE counted_at > now() - interval '1 hour'
"""

EVENTS = """
SELECT created_at, surprise FROM deliveries
WHERE chat_id = $1 AND surprise IS NOT NULL AND gate IN ('wanted', 'budget') AND created_at > $2
ORDER BY created_at DESC LIMIT $3
"""

KEEP = """
INSERT INTO noise_weeks (chat_id, zone, week) VALUES ($1, $2, $3)
ON CONFLICT (chat_id) DO UPDATE SET zone = excluded.zone, week = excluded.week, counted_at = now()
"""

TODAY = read_statement(__name__, "TODAY")

_decode = msgspec.json.Decoder(NoiseWeek).decode


async def with_budgets(
    connection: Connection, watches: Sequence[list[Watch]], now: datetime
) -> list[list[Watch]]:
    """The watches, those of chats with a budget with how far that has come.

    Args:
        connection: in the transaction that decides; it has locked the chats that have a budget.
        watches: of each alert that is decided.
        now: the database's time.
    """
    every = {one.chat_id: one.settings for of_alert in watches for one in of_alert}
    settings = {chat_id: of for chat_id, of in every.items() if of.per_day is not None}
    if not settings:
        return list(watches)
    days = await _days(connection, settings, now)
    return [[replace(one, noise=days.get(one.chat_id)) for one in of_alert] for of_alert in watches]


async def _days(
    connection: Connection, settings: Mapping[int, ChatSettings], now: datetime
) -> dict[int, NoiseDay]:
    parts = {chat_id: part_of_day(of, now) for chat_id, of in settings.items()}
    rows = await connection.fetch(TODAY, list(parts), [begin for begin, _ in parts.values()])
    zones = [of.zone for of in settings.values()]
    kept = {row["chat_id"]: row["week"] for row in await connection.fetch(KEPT, list(settings), zones)}
    days = {}
    for row in rows:
        chat_id = row["chat_id"]
        known = kept.get(chat_id)
        week = await _week(connection, chat_id, settings[chat_id], now) if known is None else _decode(known)
        days[chat_id] = day_of(week, sent=row["sent"], events=row["events"], elapsed=parts[chat_id][1])
    return days


async def _week(connection: Connection, chat_id: int, settings: ChatSettings, now: datetime) -> NoiseWeek:
    """Counted again, and kept for an hour."""
    rows = await connection.fetch(EVENTS, chat_id, now - WEEK, MAX_EVENTS)
    week = week_of([(row["created_at"], row["surprise"]) for row in rows], settings.zone, now)
    await connection.execute(KEEP, chat_id, settings.zone, msgspec.json.encode(week).decode())
    return week


def week_of(events: list[tuple[datetime, float]], zone: str, now: datetime) -> NoiseWeek:
    """Return what events of the last week, the latest first, say of a week.

    Args:
        events: when each was, and its score; the latest first.
        zone: name of a time zone, by which hours count.
        now: with a time zone; a chat that is newer than a week has fewer days.
    """
    if not events:
        return NoiseWeek(days=0.0)
    days = min(WEEK, now - events[-1][0]) / timedelta(days=1)
    hours = Counter(at.astimezone(zone_of(zone)).hour for at, _ in events)
    known = max(days, 1.0)
    return NoiseWeek(
        days=days,
        by_hour=[hours[hour] / known for hour in range(24)],
        scores=quantiles([score for _, score in events]),
    )
