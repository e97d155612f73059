"""How far the noise budgets of chats have come, and what their last week brought (domain/rules/noise.py).

Each event that a budget judged has its score in its delivery. The week of a chat is counted once an hour.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import msgspec

from domain.rules.noise import NoiseDay, NoiseWeek, day_of, quantiles
from domain.rules.quiet import part_of_day, zone_of
from domain.rules.rules import ChatSettings, Watch
from storage.postgres import Connection

WEEK = timedelta(days=7)
MAX_EVENTS = 10_000
"""The latest of a week that are counted."""

KEPT = """
SELECT chat_id, week FROM noise_weeks
WHERE chat_id = ANY($1::bigint[]) AND counted_at > now() - interval '1 hour' AND zone = $2
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

# A chat and topic that follows several wallets of one transaction has as many deliveries.
TODAY = """
SELECT count(*) FILTER (WHERE gate = 'wanted') AS sent, count(*) AS events FROM deliveries
WHERE chat_id = $1 AND surprise IS NOT NULL AND gate IN ('wanted', 'budget') AND created_at >= $2
"""

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
    settings = {one.chat_id: one.settings for of_alert in watches for one in of_alert}
    days = {
        chat_id: await _day(connection, chat_id, of, now)
        for chat_id, of in settings.items()
        if of.per_day is not None
    }
    if not days:
        return list(watches)
    return [[replace(one, noise=days.get(one.chat_id)) for one in of_alert] for of_alert in watches]


async def _day(connection: Connection, chat_id: int, settings: ChatSettings, now: datetime) -> NoiseDay:
    begin, elapsed = part_of_day(settings, now)
    today = await connection.fetchrow(TODAY, chat_id, begin)
    sent, events = (0, 0) if today is None else (today["sent"], today["events"])
    week = await _week(connection, chat_id, settings, now)
    return day_of(week, sent=sent, events=events, elapsed=elapsed)


async def _week(connection: Connection, chat_id: int, settings: ChatSettings, now: datetime) -> NoiseWeek:
    kept = await connection.fetchrow(KEPT, [chat_id], settings.zone)
    if kept is not None:
        return _decode(kept["week"])
    rows = await connection.fetch(EVENTS, chat_id, now - WEEK, MAX_EVENTS)
    week = week_of([(row["created_at"], row["surprise"]) for row in rows], settings.zone, now)
    await connection.execute(KEEP, chat_id, settings.zone, msgspec.json.encode(week).decode())
    return week


def week_of(events: list[tuple[datetime, float]], zone: str, now: datetime) -> NoiseWeek:
    """What events of the last week, the latest first, say of a week."""
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
