"""Decisions and deliveries of an activity for one chat, for /why; read only."""

from collections.abc import Iterable

import msgspec

from domain.activity.activity import Activity
from domain.activity.prices import read_market
from domain.alerts.kinds import read_event, subject_of
from domain.delivery.deliveries import DeliveryState
from domain.delivery.facts import AlertHistory, DecidedDelivery
from domain.patterns.found import Pattern
from domain.rules.decisions import Gate
from domain.rules.gates import read_reasons
from domain.rules.lanes import Lane
from domain.rules.pattern_rehearsal import STORED
from domain.rules.rehearsal import MAX_EVENTS as MAX_REHEARSED
from domain.rules.rehearsal import PastEvent, most_of_each
from domain.rules.rules import Watch
from domain.rules.spam import SPAM_GATES
from storage.delivery.contents import label_of
from storage.postgres import Database, Row

LOOKED_AT = 500
"""The latest deliveries of a chat, in which a token is searched."""

# LEFT JOIN throughout: an alert that no watch of the chat got, or that is not decided yet, is shown, too.
# Of a digest the message is its carrier's.
_HISTORY = """
SELECT alerts.alert_id, alerts.kind AS alert_kind, alerts.payload, alerts.market,
       alerts.block_time AS happened_at,
       alerts.fanned_out_at IS NOT NULL AS decided, alerts.reverted_at IS NOT NULL AS reverted,
       watches.watch_id, coalesce(watches.label, '') AS label, has_namesake(watches) AS has_namesake,
       watches.created_at AS followed_at,
       mine.state, mine.gate, mine.reasons, mine.due_at, mine.attempts, mine.ambiguous_sends, mine.error,
       mine.finished_at, mine.lane, carrier.state AS digest_state, carrier.finished_at AS digest_at,
       coalesce(mine.message_id, carrier.message_id) AS message_id
FROM alerts
LEFT JOIN deliveries AS mine ON mine.alert_id = alerts.alert_id AND mine.chat_id = $1
    AND mine.topic_id = $2 AND mine.channel = 'telegram'
LEFT JOIN deliveries AS carrier ON carrier.delivery_id = mine.digest_id
LEFT JOIN watches ON watches.wallet_id = alerts.wallet_id AND watches.chat_id = $1 AND watches.topic_id = $2
"""

OF_MESSAGE = f"""{_HISTORY} WHERE alerts.alert_id = (
    SELECT alert_id FROM deliveries WHERE chat_id = $1 AND message_id = $3 AND alert_id IS NOT NULL
    ORDER BY delivery_id DESC LIMIT 1)
"""  # noqa: S608 - constants only
OF_SIGNATURE = f"""{_HISTORY} WHERE alerts.payload->>'signature' = $3
ORDER BY watches.watch_id IS NULL, alerts.alert_id DESC LIMIT 1
"""
OF_WALLET = f"""{_HISTORY} WHERE alerts.alert_id = (
    SELECT alert_id FROM alerts JOIN wallets USING (wallet_id)
    WHERE wallets.chain = $4 AND address = $3 ORDER BY alert_id DESC LIMIT 1)
"""  # noqa: S608 - constants only
# The message of a position; its exit is told in an answer.
OF_POSITION = f"""{_HISTORY} WHERE mine.living_id = (
    SELECT living_id FROM deliveries WHERE chat_id = $1 AND message_id = $3 AND alert_id IS NOT NULL
    ORDER BY delivery_id DESC LIMIT 1)
ORDER BY alerts.alert_id DESC LIMIT $4
"""  # noqa: S608 - constants only
MAX_OF_POSITION = 1_000
"""Events of one message that are read, the newest."""
# Only the latest deliveries of the chat are searched: no index finds a mint within payloads.
OF_TOKEN = f"""{_HISTORY} WHERE alerts.alert_id = (
    SELECT alert_id FROM (
        SELECT alert_id FROM deliveries WHERE chat_id = $1 AND alert_id IS NOT NULL AND channel = 'telegram'
        ORDER BY delivery_id DESC LIMIT $4) AS latest
    JOIN alerts AS theirs USING (alert_id)
    WHERE theirs.payload->'paid' @> jsonb_build_array(jsonb_build_object('mint', $3::text))
       OR theirs.payload->'received' @> jsonb_build_array(jsonb_build_object('mint', $3::text))
       OR theirs.payload->>'mint' = $3
    ORDER BY alert_id DESC LIMIT 1)
"""  # noqa: S608 - constants only

# The newest of each wallet are read by the index alerts_by_wallet. What is spam for one chat is spam for all.
PAST = f"""
SELECT watches.watch_id, past.payload, past.market, past.block_time AS happened_at, EXISTS (
    SELECT FROM deliveries WHERE deliveries.alert_id = past.alert_id
      AND gate IN ({", ".join(f"'{gate}'" for gate in SPAM_GATES)})) AS is_spam
FROM watches CROSS JOIN LATERAL (
    SELECT alert_id, payload, market, block_time FROM alerts
    WHERE alerts.wallet_id = watches.wallet_id AND kind = 'activity' AND reverted_at IS NULL
      AND created_at > now() - interval '7 days'
    ORDER BY alert_id DESC LIMIT $3) AS past
WHERE watches.watch_id = ANY($1::bigint[]) ORDER BY past.alert_id DESC LIMIT $2
"""  # noqa: S608 - constants only


# By the index alerts_of_patterns.
PAST_PATTERNS = """
SELECT sort, count(*) AS number FROM watches JOIN wallets USING (wallet_id)
JOIN alerts ON alerts.subject = wallets.address AND alerts.chain = wallets.chain
WHERE watches.watch_id = ANY($1::bigint[]) AND kind = 'pattern' AND sort = ANY($2::text[])
  AND reverted_at IS NULL AND alerts.created_at > now() - interval '7 days'
GROUP BY sort
"""


async def past_events(database: Database, watches: Iterable[Watch]) -> list[PastEvent]:
    """What the wallets of these watches did in the last week, the latest first, `MAX_REHEARSED` at most.

    Of one wallet `most_of_each` at most: what is read stays bounded however many are followed.
    """
    watch_ids = [watch.watch_id for watch in watches]
    rows = await database.fetch(PAST, watch_ids, MAX_REHEARSED, most_of_each(len(watch_ids)))
    return [
        PastEvent(
            watch_id=row["watch_id"],
            activity=_decode_activity(row["payload"]),
            market=read_market(row["market"]),
            happened_at=row["happened_at"],
            is_spam=row["is_spam"],
        )
        for row in rows
    ]


async def past_patterns(database: Database, watches: Iterable[Watch]) -> dict[Pattern, int]:
    """How often patterns that no rehearsal can find were found of the wallets of these watches in a week."""
    values = [watch.watch_id for watch in watches], [one.value for one in STORED]
    rows = await database.fetch(PAST_PATTERNS, *values)
    return {Pattern(row["sort"]): row["number"] for row in rows}


_decode_activity = msgspec.json.Decoder(Activity).decode


async def history_of_message(
    database: Database, *, chat_id: int, topic_id: int, message_id: int
) -> AlertHistory | None:
    """The history of the alert that a chat message shows.

    Args:
        database: it is only read.
        chat_id: where the message stands.
        topic_id: whose watch and delivery are shown; 0: the chat itself.
        message_id: of Telegram; of several alerts in it, the latest counts.
    """
    return _history(await database.fetchrow(OF_MESSAGE, chat_id, topic_id, message_id))


async def position_of_message(
    database: Database, *, chat_id: int, topic_id: int, message_id: int
) -> list[AlertHistory]:
    """The events of the position that a chat message tells, in order; empty: it tells one event.

    Args:
        database: it is only read.
        chat_id: where the message stands.
        topic_id: whose watches and deliveries are shown; 0: the chat itself.
        message_id: of Telegram.
    """
    rows = await database.fetch(OF_POSITION, chat_id, topic_id, message_id, MAX_OF_POSITION)
    return [found for row in reversed(rows) if (found := _history(row)) is not None]


async def history_of_transaction(
    database: Database, *, chat_id: int, topic_id: int, signature: str
) -> AlertHistory | None:
    """The history of a transaction; of several followed wallets in it, of the one that the chat follows.

    Args:
        database: it is only read.
        chat_id: who asks; with the topic it decides which decision is shown.
        topic_id: 0: the chat itself.
        signature: base58, whole.
    """
    return _history(await database.fetchrow(OF_SIGNATURE, chat_id, topic_id, signature))


async def history_of_wallet(
    database: Database, *, chat_id: int, topic_id: int, wallet: str, chain: str
) -> AlertHistory | None:
    """The history of the latest alert of a wallet.

    Args:
        database: it is only read.
        chat_id: who asks; with the topic it decides which decision is shown.
        topic_id: 0: the chat itself.
        wallet: its address; the chat need not follow it.
        chain: of the wallet.
    """
    return _history(await database.fetchrow(OF_WALLET, chat_id, topic_id, wallet, chain))


async def history_of_token(
    database: Database, *, chat_id: int, topic_id: int, mint: str
) -> AlertHistory | None:
    """The history of the latest alert with a token, among those with a decision for the chat.

    Args:
        database: it is only read.
        chat_id: who asks; only its latest LOOKED_AT deliveries are searched.
        topic_id: whose decision is shown; 0: the chat itself.
        mint: the token.
    """
    return _history(await database.fetchrow(OF_TOKEN, chat_id, topic_id, mint, LOOKED_AT))


async def why_unreadable(database: Database, *, chain: str, signature: str) -> str | None:
    """Why a transaction is in quarantine; None: it is not.

    Args:
        database: it is only read.
        chain: of the transaction.
        signature: base58, whole.
    """
    reason: str | None = await database.fetchval(
        "SELECT reason FROM quarantine WHERE chain = $1 AND signature = $2 AND decoded_at IS NULL",
        chain,
        signature,
    )
    return reason


def _history(row: Row | None) -> AlertHistory | None:
    if row is None:
        return None
    event = read_event(row["alert_kind"], row["payload"])
    return AlertHistory(
        event=event,
        happened_at=row["happened_at"],
        decided=row["decided"],
        watch_id=row["watch_id"],
        label=label_of(row, subject_of(event)),
        followed_at=row["followed_at"],
        delivery=None if row["state"] is None else _decided(row),
        reverted=row["reverted"],
        market=read_market(row["market"]),
    )


def _decided(row: Row) -> DecidedDelivery:
    return DecidedDelivery(
        state=DeliveryState(row["state"]),
        gate=Gate(row["gate"]),
        lane=Lane(row["lane"]),
        reasons=read_reasons(row["reasons"]),
        due_at=row["due_at"],
        attempts=row["attempts"],
        ambiguous_sends=row["ambiguous_sends"],
        error=row["error"],
        finished_at=row["finished_at"],
        digest_state=None if row["digest_state"] is None else DeliveryState(row["digest_state"]),
        digest_at=row["digest_at"],
        message_id=row["message_id"],
    )
