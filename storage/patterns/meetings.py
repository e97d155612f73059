"""Patterns of several owners, chat by chat: who met, what the chat was told of them, what it hears now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from domain.patterns.episodes import Effect, Episode, NextMessage, next_message
from domain.patterns.found import (
    DEFAULT_MINUTES,
    DEFAULT_OWNERS,
    MAX_MINUTES,
    MAX_OWNERS,
    MIN_MINUTES,
    Pattern,
    PatternFound,
)
from domain.patterns.replay import together_found
from domain.patterns.sightings import Action, Sighting
from domain.patterns.together import EPISODE_SECONDS, Part, parts
from domain.rules.rules import ChatSettings
from storage.chats.rules import settings_or_default
from storage.delivery.chat_alerts import insert_chat_alert
from storage.market.sightings import Seen, trades_of
from storage.patterns.alerts import replace_chat_alert
from storage.patterns.ties import Ties, ties_of
from storage.postgres import Connection, Row, columns

PATTERN_OF: Mapping[Action, Pattern] = {Action.BUY: Pattern.CONFLUENCE, Action.SELL: Pattern.LEAVING}

# Chats that follow enough wallets which traded the token within the time that they set, and one of those that
# just did and that they were not told of. The trades of the last day are counted before anybody's watches are
# read; a chat that was told lately may be too few to meet: another wallet of a known owner may have joined.
CHATS = """
WITH fresh AS (
    SELECT mint, action, min(at) AS at, array_agg(DISTINCT wallet_id) AS wallets
    FROM unnest($2::text[], $3::text[], $4::float8[], $5::bigint[]) AS new (mint, action, at, wallet_id)
    GROUP BY mint, action
), lately AS (
    SELECT fresh.mint, fresh.action, fresh.at AS fresh_at, seen.wallet_id,
           seen.wallet_id = ANY(fresh.wallets) AS is_fresh, max(seen.at) AS at
    FROM fresh CROSS JOIN LATERAL (
        SELECT wallet_id, at FROM pattern_sightings
        WHERE chain = $1 AND mint = fresh.mint AND action = fresh.action AND at >= fresh.at - $6
        ORDER BY at DESC LIMIT $7) AS seen
    GROUP BY fresh.mint, fresh.action, fresh.at, fresh.wallets, seen.wallet_id
), busy AS (
    SELECT mint, action FROM lately GROUP BY mint, action HAVING count(*) >= 2
)
SELECT lately.mint, lately.action, watches.chat_id, watches.topic_id, chats.settings,
       array_agg(watches.wallet_id) AS wallet_ids
FROM busy JOIN lately USING (mint, action)
JOIN watches USING (wallet_id) JOIN chats USING (chat_id) JOIN wallets USING (wallet_id)
LEFT JOIN pattern_episodes AS known ON known.chat_id = watches.chat_id AND known.topic_id = watches.topic_id
    AND known.chain = $1 AND known.mint = lately.mint AND known.at >= lately.fresh_at - $6
    AND known.pattern = CASE lately.action WHEN 'buy' THEN 'confluence' ELSE 'leaving' END
WHERE coalesce(muted_until <= now(), true) AND closed_at IS NULL AND NOT over_limit AND banned_reason IS NULL
GROUP BY lately.mint, lately.action, watches.chat_id, watches.topic_id, chats.settings
HAVING bool_or(is_fresh AND (known.wallets IS NULL OR address <> ALL(known.wallets))) AND (
    bool_or(known.wallets IS NOT NULL)
    OR count(*) FILTER (WHERE lately.at >= lately.fresh_at
        - 60 * CASE jsonb_typeof(settings->'patterns'->'minutes')
            WHEN 'number' THEN least(greatest((settings->'patterns'->'minutes')::numeric, 1), $10)
            ELSE $8::int END)
    >= CASE jsonb_typeof(settings->'patterns'->'owners')
            WHEN 'number' THEN least(greatest((settings->'patterns'->'owners')::numeric, 2), $11)
            ELSE $9::int END)
"""
LOOK_BACK_SECONDS = 86_400.0
MAX_TRADES = 500

EPISODES = """
SELECT episode.* FROM unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[])
    AS asked (chat_id, topic_id, pattern, mint)
JOIN pattern_episodes AS episode USING (chat_id, topic_id, pattern, mint)
WHERE episode.chain = $1
"""

SAVE = """
INSERT INTO pattern_episodes (chat_id, topic_id, chain, pattern, mint, wallets, at, alert_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (chat_id, topic_id, chain, pattern, mint) DO UPDATE
    SET wallets = excluded.wallets, at = excluded.at, alert_id = excluded.alert_id
"""

Key = tuple[str, Action]
"""A token, and what was done with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A chat that may hear of a token."""

    chat_id: int
    topic_id: int
    key: Key
    wallet_ids: frozenset[int]
    """That it follows, of those that traded the token lately."""
    settings: ChatSettings

    @property
    def pattern(self) -> Pattern:
        """Of which it may hear."""
        return PATTERN_OF[self.key[1]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a chat was told."""

    episode: Episode
    alert_id: int


@dataclass(slots=True)
class Announced:
    """Chats that hear the same."""

    event: PatternFound
    chats: list[Candidate] = field(default_factory=list)


async def announce_meetings(
    connection: Connection, *, chain: str, new: Sequence[tuple[int, Sighting]]
) -> int:
    """Tell chats of owners who met in these trades; how many messages that makes or changes.

    Args:
        connection: in the transaction that takes the sightings.
        chain: of them.
        new: wallet ids and trades, by time.
    """
    candidates = await _candidates(connection, chain, new)
    if not candidates:
        return 0
    known = await _known(connection, chain, candidates)
    seconds = max(2 * _seconds(one) for one in candidates)
    since = new[0][1].at - (LOOK_BACK_SECONDS if known else seconds)
    tokens = sorted({one.key for one in candidates})
    wallet_ids = {wallet_id for one in candidates for wallet_id in one.wallet_ids}
    trades = await trades_of(connection, chain=chain, tokens=tokens, wallets=wallet_ids, since=since)
    wallets = {seen.wallet for found in trades.values() for _, seen in found}
    ties = await ties_of(connection, chain=chain, wallets=wallets, now=new[-1][1].at)
    latest = {(seen.mint, seen.action): seen for _, seen in new}
    announced: dict[tuple[PatternFound, int], Announced] = {}
    for one in candidates:
        before = known.get((one.chat_id, one.topic_id, one.pattern, one.key[0]))
        message = _message(one, trades[one.key], latest[one.key], ties, before)
        if message.effect is Effect.NOTHING:
            continue
        event = together_found(chain, one.pattern, latest[one.key], message.owners)
        edits = before.alert_id if before is not None and message.effect is Effect.EDIT else 0
        announced.setdefault((event, edits), Announced(event)).chats.append(one)
    rows = [
        row
        for (_, edits), same in announced.items()
        for row in await _announce(connection, same, edits, known)
    ]
    await connection.executemany(SAVE, rows)
    return len(announced)


def _message(
    one: Candidate, trades: Sequence[Seen], latest: Sighting, ties: Ties, before: Known | None
) -> NextMessage:
    settings = one.settings.patterns
    if one.pattern in settings.off:
        return NextMessage(Effect.NOTHING, ())
    seconds = _seconds(one)
    since = latest.at - max(2 * seconds, EPISODE_SECONDS if before else 0)
    mine = [seen for wallet_id, seen in trades if wallet_id in one.wallet_ids and seen.at >= since]
    found: list[Part] = parts(one.pattern, mine)
    episode = before.episode if before else None
    return next_message(found, ties.owner_of, episode, owners=settings.owners, seconds=seconds)


def _seconds(one: Candidate) -> int:
    """Within which owners must meet; what stands in a row beyond the bounds hurts no other chat."""
    return 60 * max(MIN_MINUTES, min(one.settings.patterns.minutes, MAX_MINUTES))


async def _candidates(
    connection: Connection, chain: str, new: Sequence[tuple[int, Sighting]]
) -> list[Candidate]:
    rows = [(seen.mint, seen.action.value, seen.at, wallet_id) for wallet_id, seen in new]
    found = await connection.fetch(
        CHATS,
        chain,
        *columns(rows, 4),
        LOOK_BACK_SECONDS,
        MAX_TRADES,
        DEFAULT_MINUTES,
        DEFAULT_OWNERS,
        MAX_MINUTES,
        MAX_OWNERS,
    )
    return [_candidate(row) for row in found]


def _candidate(row: Row) -> Candidate:
    return Candidate(
        chat_id=row["chat_id"],
        topic_id=row["topic_id"],
        key=(row["mint"], Action(row["action"])),
        wallet_ids=frozenset(row["wallet_ids"]),
        settings=settings_or_default(row["settings"], chat_id=row["chat_id"]),
    )


async def _known(
    connection: Connection, chain: str, candidates: Sequence[Candidate]
) -> dict[tuple[int, int, Pattern, str], Known]:
    asked = [(one.chat_id, one.topic_id, one.pattern.value, one.key[0]) for one in candidates]
    rows = await connection.fetch(EPISODES, chain, *columns(asked, 4))
    return {
        (row["chat_id"], row["topic_id"], Pattern(row["pattern"]), row["mint"]): Known(
            episode=Episode(frozenset(row["wallets"]), row["at"]), alert_id=row["alert_id"]
        )
        for row in rows
    }


async def _announce(
    connection: Connection,
    same: Announced,
    edits: int,
    known: Mapping[tuple[int, int, Pattern, str], Known],
) -> list[tuple[object, ...]]:
    """Store the alert, or change the one that these chats got; what they were told, as SAVE takes it."""
    event, chats = same.event, [(one.chat_id, one.topic_id) for one in same.chats]
    before = [known.get((*chat, event.pattern, event.mint or "")) for chat in chats]
    happened_at = datetime.fromtimestamp(event.last_at, UTC)
    if edits:
        alert_id = await replace_chat_alert(connection, edits, event, chats=chats)
    else:
        answers = [None if one is None else one.alert_id for one in before]
        alert_id = await insert_chat_alert(
            connection, event, happened_at=happened_at, chats=chats, answers=answers
        )
    rows: list[tuple[object, ...]] = []
    for chat, one in zip(chats, before, strict=True):
        earlier = one.episode if one is not None else None
        lasts = earlier is not None and event.last_at - earlier.at <= EPISODE_SECONDS
        wallets = {*event.wallets, *(earlier.wallets if earlier is not None and lasts else ())}
        values = (event.chain, event.pattern.value, event.mint, sorted(wallets), event.last_at, alert_id)
        rows.append((*chat, *values))
    return rows
