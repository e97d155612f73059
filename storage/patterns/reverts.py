"""Corrects pattern alerts whose transactions were reverted: updated, or reverted.

a fork dies ──> its sightings stand in `reverted_sightings` ──> the detectors take them ──> alerts change

A payment that never happened ties nobody any more. What was told of a pattern is compared with what stands by
then, so the same trade in another block changes nothing. An alert that is reverted goes the way of every
other: storage/delivery/corrections.py.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import msgspec

from domain.alerts.kinds import read_event
from domain.patterns.found import TOGETHER, Pattern, PatternFound
from domain.patterns.reverts import left_alone, owners_left, with_owners
from domain.patterns.sightings import Action, Sighting
from storage.chats.rules import settings_or_default
from storage.market.sightings import COLUMNS, sent_by, sighting, sightings_since, trades_of, trades_of_wallets
from storage.patterns.alerts import replace_chat_alert, split_chat_alert
from storage.patterns.meetings import announce_meetings
from storage.patterns.ties import forget_payments
from storage.postgres import Connection, Row, columns
from storage.sql_files import read_statement

AT_ONCE = 200

TAKE = read_statement(__name__, "TAKE")

# By the index of patterns: of those tokens, or of those wallets.
ANNOUNCED = """
SELECT alert_id, wallet_id, kind, payload FROM alerts
WHERE kind = 'pattern' AND chain = $1 AND subject = ANY($2::text[]) AND reverted_at IS NULL
  AND created_at > now() - interval '2 days'
ORDER BY alert_id
"""

CHATS = """
SELECT alert_chats.chat_id, topic_id, settings, answers_alert_id,
       (SELECT payload FROM alerts WHERE alerts.alert_id = answers_alert_id) AS answers
FROM alert_chats JOIN chats USING (chat_id) WHERE alert_id = $1
"""

# Of each token the latest purchase and the latest sale of each.
LATEST_TRADES = f"""
SELECT * FROM (
    SELECT DISTINCT ON (wallet_id, mint, action) seen.wallet_id, {COLUMNS}
    FROM wallets JOIN pattern_sightings AS seen USING (wallet_id)
    WHERE wallets.chain = $1 AND address = ANY($2::text[]) AND action IN ('buy', 'sell') AND at >= $3
    ORDER BY wallet_id, mint, action, at DESC
) AS latest ORDER BY at, alert_id LIMIT $4
"""
TIED_SECONDS = 3_600.0
"""What was done earlier before the payment is no news to anybody."""

REVERT = "UPDATE alerts SET reverted_at = now() WHERE alert_id = $1 AND reverted_at IS NULL"

_IN_CHATS = """
FROM unnest($2::bigint[], $3::bigint[]) AS asked (chat_id, topic_id)
WHERE alert_id = $1 AND episode.chat_id = asked.chat_id AND episode.topic_id = asked.topic_id
"""
# ruff: noqa: S608 - the part put in is the constant above
SAVE_LESS = f"UPDATE pattern_episodes AS episode SET wallets = $5, alert_id = $4 {_IN_CHATS}"
FORGET = "DELETE FROM pattern_episodes AS episode USING" + _IN_CHATS.removeprefix("\nFROM")

FORGET_ALONE = "DELETE FROM wallet_patterns WHERE wallet_id = $1 AND pattern = $2 AND about = $3"
# Had it not woken, it would sleep since then.
SLEEP_ON = "UPDATE wallet_acts SET acted_at = $2, is_bound = $4 WHERE wallet_id = $1 AND acted_at <= $3"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """A chat that was told."""

    key: tuple[int, int]
    """Chat and topic."""
    owners: int
    seconds: float
    """What it calls a meeting."""
    answers_id: int | None
    answered: frozenset[str]
    """The wallets of the alert that this one answers."""


async def correct_reverted_patterns(connection: Connection) -> int:
    """Change what was told of transactions that never happened; how many alerts that are.

    Call it in the transaction of the detectors, after they have taken what is new.
    """
    gone = await connection.fetch(TAKE, AT_ONCE)
    number = 0
    for chain in sorted({row["chain"] for row in gone}):
        of_chain = [row for row in gone if row["chain"] == chain]
        if payments := [_payment(row) for row in of_chain if row["party"]]:
            number += await _untie(connection, chain, payments)
        wallets = {row["wallet"] for row in of_chain}
        subjects = sorted({row["mint"] for row in of_chain} | wallets)
        for row in await connection.fetch(ANNOUNCED, chain, subjects):
            event = read_event(row["kind"], row["payload"])
            if isinstance(event, PatternFound) and not wallets.isdisjoint(event.wallets):
                number += await _correct(connection, row, event)
    return number


def _payment(row: Row) -> tuple[str, str, float]:
    """Payer, payee and time, of a transfer."""
    is_sent = row["action"] == Action.SENT
    payer, payee = (row["wallet"], row["party"]) if is_sent else (row["party"], row["wallet"])
    return payer, payee, row["at"]


async def _untie(connection: Connection, chain: str, payments: Sequence[tuple[str, str, float]]) -> int:
    """Tell who met and was taken for one owner meanwhile; how many messages that makes or changes."""
    untied = await forget_payments(connection, chain=chain, payments=payments)
    if not untied:
        return 0
    since = min(at for *_, at in payments) - TIED_SECONDS
    rows = await connection.fetch(LATEST_TRADES, chain, sorted(untied), since, AT_ONCE)
    new = [(row["wallet_id"], sighting(row)) for row in rows]
    return await announce_meetings(connection, chain=chain, new=new) if new else 0


async def _correct(connection: Connection, row: Row, event: PatternFound) -> bool:
    if event.pattern in TOGETHER:
        return await _correct_together(connection, row["alert_id"], event)
    return await _correct_alone(connection, row["alert_id"], row["wallet_id"], event)


async def _correct_alone(connection: Connection, alert_id: int, wallet_id: int, event: PatternFound) -> bool:
    left = left_alone(event, await _standing(connection, wallet_id, event))
    if left == event:
        return False
    if left is not None:
        await replace_chat_alert(connection, alert_id, left, chats=[])
        return True
    about = event.to if event.pattern is Pattern.MOVE else event.mint
    if event.pattern is Pattern.AWAKENING:
        about, slept_since = "", event.last_at - (event.silent_seconds or 0.0)
        await connection.execute(SLEEP_ON, wallet_id, slept_since, event.last_at, event.silent_at_least)
    await connection.execute(FORGET_ALONE, wallet_id, event.pattern.value, about or "")
    await connection.execute(REVERT, alert_id)
    return True


async def _standing(connection: Connection, wallet_id: int, event: PatternFound) -> Sequence[Sighting]:
    if event.pattern is Pattern.AWAKENING:
        return await sightings_since(connection, wallet_id, alert_id=event.event_id)
    if event.pattern is Pattern.MOVE:
        sent = await sent_by(connection, [wallet_id], since=event.first_at)
        return [one for one in sent[wallet_id] if one.party == event.to]
    key = (wallet_id, event.mint or "")
    return (await trades_of_wallets(connection, [key], since=event.first_at))[key]


async def _correct_together(connection: Connection, alert_id: int, event: PatternFound) -> bool:
    """Chat by chat, since each says how many make a meeting; those that agree read the same."""
    trades = await _trades(connection, event)
    by_event: dict[PatternFound | None, list[_Reader]] = {}
    for reader in await _readers(connection, alert_id):
        owners = owners_left(event, trades, owners=reader.owners, seconds=reader.seconds)
        left = with_owners(event, owners) if owners else None
        if left is not None and left != event and reader.answered.issuperset(left.wallets):
            left = None  # what this one added is gone, the rest stands in the one that it answers
        by_event.setdefault(left, []).append(reader)
    changed = [(left, readers) for left, readers in by_event.items() if left != event]
    for left, readers in sorted(changed, key=lambda one: one[0] is not None):
        await _announce_rest(connection, alert_id, event, left, readers)
    return bool(changed)


async def _announce_rest(
    connection: Connection,
    alert_id: int,
    event: PatternFound,
    left: PatternFound | None,
    readers: Sequence[_Reader],
) -> None:
    chats = [reader.key for reader in readers]
    if left is not None:
        new_id = await replace_chat_alert(connection, alert_id, left, chats=chats)
        await connection.execute(SAVE_LESS, alert_id, *columns(chats, 2), new_id, sorted(left.wallets))
        return
    for reader in readers:
        episode = (alert_id, [reader.key[0]], [reader.key[1]])
        if reader.answers_id is None or not reader.answered:
            await connection.execute(FORGET, *episode)
        else:
            await connection.execute(SAVE_LESS, *episode, reader.answers_id, sorted(reader.answered))
    await connection.execute(REVERT, await split_chat_alert(connection, alert_id, event, chats=chats))


async def _trades(connection: Connection, event: PatternFound) -> list[Sighting]:
    wallets: Collection[int] = [
        row["wallet_id"]
        for row in await connection.fetch(
            "SELECT wallet_id FROM wallets WHERE chain = $1 AND address = ANY($2::text[])",
            event.chain,
            list(event.wallets),
        )
    ]
    actions = {Action.SELL} if event.pattern is Pattern.LEAVING else {Action.BUY, Action.SELL}
    asked = {(event.mint or "", action): (event.first_at, wallets) for action in actions}
    found = [seen for same in (await trades_of(connection, asked)).values() for _, seen in same]
    return sorted(found, key=lambda seen: (seen.at, seen.event_id))


async def _readers(connection: Connection, alert_id: int) -> list[_Reader]:
    return [_reader(row) for row in await connection.fetch(CHATS, alert_id)]


def _reader(row: Row) -> _Reader:
    settings = settings_or_default(row["settings"], chat_id=row["chat_id"]).patterns
    answered = None if row["answers"] is None else msgspec.json.decode(row["answers"], type=PatternFound)
    return _Reader(
        key=(row["chat_id"], row["topic_id"]),
        owners=settings.owners,
        seconds=60.0 * settings.minutes,
        answers_id=row["answers_alert_id"],
        answered=frozenset() if answered is None else frozenset(answered.wallets),
    )
