"""Patterns of several owners, chat by chat: who met, what the chat was told of them, what it hears now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from domain.patterns.episodes import Effect, Episode, NextMessage, message_of, newly_met, notified_at
from domain.patterns.found import Pattern, PatternFound
from domain.patterns.replay import together_found
from domain.patterns.sightings import Action, Sighting
from domain.patterns.together import EPISODE_SECONDS
from domain.patterns.token_parts import TokenParts, steps
from storage.delivery.chat_alerts import ChatAlert, insert_chat_alerts
from storage.market.sightings import trades_of
from storage.patterns.alerts import replace_chat_alert
from storage.patterns.candidates import PATTERN_OF, Candidate, EpisodeKey, Key, candidates_for
from storage.patterns.ties import NO_TIES, Ties, ties_of
from storage.postgres import Connection, columns

EpisodeRow = tuple[int, int, str, str, str, list[str], float, int]
"""As SAVE takes it."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a chat was told."""

    episode: Episode
    alert_id: int


@dataclass(slots=True)
class Announced:
    """Chats that hear the same."""

    event: PatternFound
    edits: int
    """The alert whose message changes; 0: it is a new one."""
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
    candidates = await candidates_for(connection, chain=chain, new=new)
    if not candidates:
        return 0
    within: dict[Key, float] = {}
    for one in candidates:
        within[one.key] = min(one.seconds, within.get(one.key, one.seconds))
    known, stepwise = await _known(connection, chain, candidates), steps([seen for _, seen in new], within)
    trades = await _trades(connection, candidates, known, stepwise)
    wallets = {seen.wallet for found in trades.values() for _, seen in found}
    ties = await ties_of(connection, chain=chain, wallets=wallets, now=new[-1][1].at)
    ids, number = {seen.wallet: wallet_id for wallet_id, seen in new}, 0
    saved: dict[tuple[int, int, str, str, str], EpisodeRow] = {}
    for index, step in enumerate(stepwise):
        latest = {key: same[-1] for key, same in step.items()}
        tokens = {
            key: TokenParts(PATTERN_OF[key[1]], _known_by(seen, trades, key, stepwise[index + 1 :]))
            for key, seen in latest.items()
        }
        concerned = [one for one in candidates if one.key in step and _follows(one, step[one.key], ids)]
        announced = _announced(chain, concerned, tokens, latest, ties, known)
        if announced:
            rows = {row[:5]: row for row in await _announce(connection, announced, known)}
            known |= _as_known(rows.values())
            saved |= rows
        number += len(announced)
    await connection.executemany(SAVE, saved.values())
    return number


async def _trades(
    connection: Connection,
    candidates: Sequence[Candidate],
    known: Mapping[EpisodeKey, Known],
    stepwise: Sequence[Mapping[Key, Sequence[Sighting]]],
) -> dict[Key, list[tuple[int, Sighting]]]:
    """All trades that candidates may hear of, and by which buyers left; one step is known in the next."""
    asked: dict[Key, tuple[float, set[int]]] = {}
    for one in candidates:
        before = known.get(one.episode_key)
        since = _since(one, stepwise[0][one.key][-1], is_known=before is not None or len(stepwise) > 1)
        for key in {one.key, _sales(one.key)}:
            earlier, wallets = asked.get(key, (since, set()))
            wallets.update(one.wallet_ids)
            asked[key] = (min(since, earlier), wallets)
    return await trades_of(connection, asked)


def _sales(key: Key) -> Key:
    return key[0], Action.SELL


def _follows(one: Candidate, trades: Sequence[Sighting], ids: Mapping[str, int]) -> bool:
    """Whether any of these is by a wallet that the chat follows; else it hears nothing new."""
    return any(ids[seen.wallet] in one.wallet_ids for seen in trades)


def _known_by(
    latest: Sighting,
    trades: Mapping[Key, Sequence[tuple[int, Sighting]]],
    key: Key,
    later: Sequence[Mapping[Key, Sequence[Sighting]]],
) -> Sequence[tuple[int, Sighting]]:
    """Trades of a token up to a step by time, of what was bought with the sales until its latest purchase."""
    found = _without(trades[key], key, later)
    if key[1] is Action.SELL:
        return found
    sold = [one for one in trades[_sales(key)] if one[1].at <= latest.at]
    return sorted([*found, *sold], key=lambda one: (one[1].at, one[1].event_id)) if sold else found


def _without(
    trades: Sequence[tuple[int, Sighting]], key: Key, later: Sequence[Mapping[Key, Sequence[Sighting]]]
) -> Sequence[tuple[int, Sighting]]:
    """Trades of a token without those of later steps, which are usually none."""
    hidden = {seen.event_id for step in later for seen in step.get(key, ())}
    return [one for one in trades if one[1].event_id not in hidden] if hidden else trades


def _announced(
    chain: str,
    candidates: Sequence[Candidate],
    tokens: Mapping[Key, TokenParts],
    latest: Mapping[Key, Sighting],
    ties: Ties,
    known: Mapping[EpisodeKey, Known],
) -> list[Announced]:
    """What is said in one step, and to whom."""
    announced: dict[tuple[PatternFound, int], Announced] = {}
    for one in candidates:
        before = known.get(one.episode_key)
        message = _message(one, tokens[one.key], latest[one.key], ties, before)
        if message.effect is Effect.NOTHING:
            continue
        event = together_found(chain, one.pattern, latest[one.key], message.owners)
        edits = before.alert_id if before is not None and message.effect is Effect.EDIT else 0
        announced.setdefault((event, edits), Announced(event, edits)).chats.append(one)
    return list(announced.values())


def _message(
    one: Candidate, token: TokenParts, latest: Sighting, ties: Ties, before: Known | None
) -> NextMessage:
    """What a chat hears. Of its last day only what a message names is read: few trades make a meeting."""
    settings, seconds = one.settings.patterns, one.seconds
    if one.pattern in settings.off:
        return _NOTHING
    wallets, episode = token.addresses(one.wallet_ids), before.episode if before else None
    tied = NO_TIES if wallets.isdisjoint(ties.tied) else ties
    near = token.of(wallets, _since(one, latest, is_known=False))
    met = newly_met(near, tied.owner_of, episode, owners=settings.owners, seconds=seconds)
    if not met and not tied.found:
        return _NOTHING
    found = near if before is None else token.of(wallets, _since(one, latest, is_known=True))
    return message_of(found, tied.owner_of, episode, met)


_NOTHING = NextMessage(Effect.NOTHING, ())


def _since(one: Candidate, latest: Sighting, *, is_known: bool) -> float:
    """The time of the first trade that matters to a chat."""
    return latest.at - max(2 * one.seconds, EPISODE_SECONDS if is_known else 0)


async def _known(
    connection: Connection, chain: str, candidates: Sequence[Candidate]
) -> dict[EpisodeKey, Known]:
    asked = [(one.chat_id, one.topic_id, one.pattern.value, one.key[0]) for one in candidates]
    rows = await connection.fetch(EPISODES, chain, *columns(asked, 4))
    return {
        (row["chat_id"], row["topic_id"], Pattern(row["pattern"]), row["mint"]): Known(
            episode=Episode(frozenset(row["wallets"]), row["at"]), alert_id=row["alert_id"]
        )
        for row in rows
    }


def _as_known(rows: Iterable[EpisodeRow]) -> dict[EpisodeKey, Known]:
    """What chats know, as the next step reads it."""
    return {
        (chat_id, topic_id, Pattern(pattern), mint): Known(
            episode=Episode(frozenset(wallets), at), alert_id=alert_id
        )
        for chat_id, topic_id, _, pattern, mint, wallets, at, alert_id in rows
    }


async def _announce(
    connection: Connection,
    announced: Sequence[Announced],
    known: Mapping[EpisodeKey, Known],
) -> list[EpisodeRow]:
    """Store alerts, or change those that these chats got; what they were told, as SAVE takes it."""
    new = [same for same in announced if not same.edits]
    alert_ids = await insert_chat_alerts(connection, [_chat_alert(same, known) for same in new])
    rows = [
        row for same, alert_id in zip(new, alert_ids, strict=True) for row in _episodes(same, alert_id, known)
    ]
    for same in announced:
        if same.edits:
            alert_id = await replace_chat_alert(connection, same.edits, same.event, chats=_chats(same))
            rows += _episodes(same, alert_id, known)
    return rows


def _chats(same: Announced) -> list[tuple[int, int]]:
    return [(one.chat_id, one.topic_id) for one in same.chats]


def _chat_alert(same: Announced, known: Mapping[EpisodeKey, Known]) -> ChatAlert:
    before = [known.get(one.episode_key) for one in same.chats]
    return ChatAlert(
        event=same.event,
        happened_at=datetime.fromtimestamp(same.event.last_at, UTC),
        chats=_chats(same),
        answers=[None if one is None else one.alert_id for one in before],
    )


def _episodes(same: Announced, alert_id: int, known: Mapping[EpisodeKey, Known]) -> list[EpisodeRow]:
    """What these chats were told, as SAVE takes it."""
    event = same.event
    rows: list[EpisodeRow] = []
    for one in same.chats:
        before = known.get(one.episode_key)
        kept = notified_at(before.episode if before else None, event.last_at)
        wallets = sorted({*event.wallets, *kept})
        chat_id, topic_id, pattern, mint = one.episode_key
        row = (chat_id, topic_id, event.chain, pattern.value, mint, wallets, event.last_at, alert_id)
        rows.append(row)
    return rows
