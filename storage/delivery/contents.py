"""What deliveries carry, by kind; and what a message that was sent shows."""

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType

from domain.alerts.kinds import read_event, subject_of
from domain.delivery.deliveries import (
    AlertContent,
    BroadcastText,
    ChannelName,
    ClaimedDelivery,
    Content,
    Correction,
    OutageSummary,
    UnconfirmedAlerts,
)
from domain.delivery.kinds import DeliveryKind
from domain.rules.lanes import Lane
from domain.rules.watches import distinct_label
from storage.postgres import Database, Row, columns

# Of rows of deliveries under the name `mine`: all that makes a ClaimedDelivery.
COLUMNS = """
mine.delivery_id, mine.kind, mine.chat_id, mine.topic_id, mine.channel, mine.address, mine.lane,
mine.attempts, mine.ambiguous_sends, mine.send_alone, mine.alert_id, mine.watch_id, mine.reasons,
mine.finished_at AS sent_at,
coalesce(watches.label, '') AS label, has_namesake(watches) AS has_namesake,
alerts.kind AS alert_kind, alerts.payload, alerts.block_time AS happened_at, alerts.created_at,
alerts.reverted_at IS NOT NULL AS reverted, mine.events, outages.began_at, outages.ended_at, outages.gaps,
outages.blocks, outages.unread, mine.corrects_id, mine.target_message_id, broadcasts.text
"""
JOINS = """
LEFT JOIN alerts ON alerts.alert_id = mine.alert_id LEFT JOIN watches ON watches.watch_id = mine.watch_id
LEFT JOIN outages ON outages.outage_id = mine.outage_id
LEFT JOIN broadcasts ON broadcasts.broadcast_id = mine.broadcast_id
"""

# ruff: noqa: S608 - the parts put in are the constants above
# A digest is shown by the one delivery that carries it.
OF_MESSAGES = f"""
SELECT {COLUMNS}, mine.message_id
FROM unnest($1::bigint[], $2::bigint[]) AS wanted (chat_id, message_id)
JOIN deliveries AS mine ON mine.chat_id = wanted.chat_id AND mine.message_id = wanted.message_id
{JOINS} WHERE mine.state = 'sent' AND mine.alert_id IS NOT NULL ORDER BY mine.delivery_id
"""
BY_ID = f"SELECT {COLUMNS} FROM deliveries AS mine {JOINS} WHERE mine.delivery_id = ANY($1::bigint[])"


async def deliveries_of_messages(
    database: Database, messages: Collection[tuple[int, int]]
) -> dict[tuple[int, int], list[ClaimedDelivery]]:
    """Every delivery that each message shows, in order, as it stands now.

    Args:
        database: where they stand.
        messages: chat and message id of each.
    """
    found: dict[tuple[int, int], list[ClaimedDelivery]] = {message: [] for message in messages}
    for row in await database.fetch(OF_MESSAGES, *columns(list(found), 2)):
        found[row["chat_id"], row["message_id"]].append(delivery_of(row))
    return found


async def deliveries_by_id(database: Database, delivery_ids: Collection[int]) -> dict[int, ClaimedDelivery]:
    """Deliveries as they stand now; those that retention deleted are missing."""
    rows = await database.fetch(BY_ID, list(delivery_ids))
    return {row["delivery_id"]: delivery_of(row) for row in rows}


def delivery_of(row: Row) -> ClaimedDelivery:
    """The delivery in a row of `COLUMNS`."""
    kind = DeliveryKind(row["kind"])
    return ClaimedDelivery(
        delivery_id=row["delivery_id"],
        kind=kind,
        chat_id=row["chat_id"],
        topic_id=row["topic_id"],
        channel=ChannelName(row["channel"]),
        address=row["address"],
        lane=Lane(row["lane"]),
        content=_CONTENTS[kind](row),
        attempts=row["attempts"],
        ambiguous_sends=row["ambiguous_sends"],
        send_alone=row["send_alone"],
    )


def label_of(row: Row, subject: str) -> str:
    """What the chat calls the wallet of a row; with its address where another wallet bears the same name."""
    label: str = row["label"]
    return distinct_label(label, subject) if row["has_namesake"] else label


def _alert(row: Row) -> AlertContent:
    event = read_event(row["alert_kind"], row["payload"])
    return AlertContent(
        alert_id=row["alert_id"],
        event=event,
        watch_id=row["watch_id"],
        label=label_of(row, subject_of(event)),
        happened_at=row["happened_at"],
        created_at=row["created_at"],
        reasons=row["reasons"],
        sent_at=row["sent_at"],
        reverted=row["reverted"],
    )


def _outage(row: Row) -> OutageSummary:
    return OutageSummary(
        began_at=row["began_at"],
        ended_at=row["ended_at"],
        gaps=row["gaps"],
        blocks=row["blocks"],
        unread=row["unread"],
        events=row["events"],
    )


def _correction(row: Row) -> Correction:
    return Correction(delivery_id=row["corrects_id"], message_id=row["target_message_id"])


def _broadcast(row: Row) -> BroadcastText:
    return BroadcastText(text=row["text"])


_CONTENTS: Mapping[DeliveryKind, Callable[[Row], Content]] = MappingProxyType(
    {
        DeliveryKind.ALERT: _alert,
        DeliveryKind.DIGEST: _alert,
        DeliveryKind.OUTAGE: _outage,
        DeliveryKind.CORRECTION: _correction,
        DeliveryKind.CORRECTION_REPLY: _correction,
        DeliveryKind.BROADCAST: _broadcast,
        DeliveryKind.UNCONFIRMED_ALERTS: lambda _: UnconfirmedAlerts(),
    }
)
