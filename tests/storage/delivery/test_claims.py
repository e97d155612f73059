"""Claims of every kind: by lane, in the order of each chat, and of no more chats than there is room for.
What a message shows is found again as it was sent.
"""

import asyncio
from collections import Counter

import pytest

from domain.delivery.deliveries import (
    MAX_ATTEMPTS,
    AlertContent,
    ClaimedDelivery,
    Correction,
    DeliveryKind,
)
from domain.delivery.outages import OutageSummary
from domain.delivery.results import SendResult, SendStatus, apply_result, apply_result_to_group
from domain.rules.lanes import Lane
from domain.rules.rules import ChatSettings, Digest
from storage.chats.chats import close_chat, reopen_chat
from storage.chats.group_migrations import migrate_chat
from storage.chats.rules import change_settings
from storage.delivery import broadcasts
from storage.delivery.claims import claim, deliveries_by_id, deliveries_of_messages
from storage.delivery.deliveries import (
    backlog,
    close_undeliverable,
    mark_sending,
    record_results,
    recover,
    release,
)
from storage.postgres import Database
from tests.storage.outbox import (
    announce_all,
    correct_all,
    end_outage,
    revert_alert,
    send_all,
    sent_while_provisional,
)
from tests.storage.sample_data import ALICE, BOB, fan_out_all, follow, happened, purchase

pytestmark = pytest.mark.services
OTHER = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"


async def edits(database: Database, *numbers: int) -> None:
    """Alerts that one message shows, all of them reverted by now."""
    await follow(database, ALICE, label="Moby")
    await sent_while_provisional(database, *numbers)
    await send_all(database)
    for number in numbers:
        await revert_alert(database, number)
    await correct_all(database)


async def lines(database: Database, count: int) -> None:
    """So many chats are to read of an outage."""
    for number in range(count):
        await follow(database, ALICE + number)
    await end_outage(database)
    await announce_all(database)


async def states(database: Database) -> list[str]:
    rows = await database.fetch("SELECT state FROM deliveries WHERE kind <> 'alert' ORDER BY delivery_id")
    return [row["state"] for row in rows]


async def mark(database: Database, claimed: list[ClaimedDelivery], owner: str = "a") -> set[int]:
    return await mark_sending(database, owner=owner, delivery_ids=[one.delivery_id for one in claimed])


async def finish(database: Database, group: list[ClaimedDelivery], result: SendResult) -> None:
    assert len(await mark(database, group)) == len(group)
    await record_results(database, owner="a", transitions=apply_result_to_group(group, result))


async def expire(database: Database) -> None:
    await database.execute("UPDATE deliveries SET lease_until = now() - interval '1 second'")


async def test_senders_never_hold_the_same(database: Database) -> None:
    await lines(database, 40)
    claims = await asyncio.gather(*(claim(database, owner=f"sender {n}", limit=15) for n in range(4)))
    ids = [delivery.delivery_id for claimed in claims for delivery in claimed]
    assert len(ids) == len(set(ids)) == 40


async def test_an_outage_carries_what_its_line_says(database: Database) -> None:
    await lines(database, 1)
    (claimed,) = await claim(database, owner="a", limit=9)
    assert (claimed.kind, claimed.chat_id, claimed.lane) == (DeliveryKind.OUTAGE, ALICE, Lane.BULK)
    assert isinstance(claimed.content, OutageSummary)
    assert (claimed.content.events, claimed.content.gaps) == (0, 1)


async def test_alerts_and_corrections_go_before_outages_and_a_broadcast_when_nothing_else_is_due(
    database: Database,
) -> None:
    await edits(database, 1)
    await lines(database, 2)
    await happened(database, purchase(300))
    await fan_out_all(database)
    await broadcasts.start(database, await broadcasts.draft(database, "news", by=1))
    kinds = [one.kind for one in await claim(database, owner="a", limit=9)]
    normal = kinds[:-2]
    assert Counter(normal) == {DeliveryKind.CORRECTION: 1, DeliveryKind.ALERT: 2}
    assert kinds[-2:] == [DeliveryKind.OUTAGE] * 2
    kinds = [one.kind for one in await claim(database, owner="b", limit=9)]
    assert kinds == [DeliveryKind.BROADCAST] * 2


async def test_lanes_below_normal_have_room_of_their_own(database: Database) -> None:
    await lines(database, 5)
    await happened(database, purchase(300))
    await fan_out_all(database)
    kinds = Counter(one.kind for one in await claim(database, owner="a", limit=99, chats=3, spare_chats=2))
    assert kinds == {DeliveryKind.ALERT: 3, DeliveryKind.OUTAGE: 2}
    kinds = Counter(one.kind for one in await claim(database, owner="b", limit=99, chats=3, spare_chats=0))
    assert kinds == {DeliveryKind.ALERT: 2}


async def test_what_is_urgent_is_claimed_alone_when_only_that_has_room(database: Database) -> None:
    await lines(database, 1)
    await happened(database, purchase(300))
    await fan_out_all(database)
    assert await claim(database, owner="a", limit=9, up_to=Lane.URGENT) == []


async def test_of_one_message_all_corrections_are_given_out_together(database: Database) -> None:
    await edits(database, 1, 2, 3)
    claimed = await claim(database, owner="a", limit=9)
    assert [one.content for one in claimed] == [
        Correction(delivery_id=number, message_id=7) for number in (1, 2, 3)
    ]
    assert await claim(database, owner="b", limit=9) == []
    await finish(database, claimed, SendResult(status=SendStatus.ACCEPTED))
    assert await states(database) == ["sent"] * 3


async def test_after_a_death_an_edit_is_repeated_and_a_line_is_not(database: Database) -> None:
    await edits(database, 1)
    await lines(database, 1)
    assert len(await mark(database, await claim(database, owner="a", limit=9))) == 2
    await expire(database)
    assert await recover(database) == (2, 0)
    assert await states(database) == ["retry", "ambiguous"]


async def test_an_edit_that_ends_every_sender_is_given_up_at_last(database: Database) -> None:
    await edits(database, 1)
    for _ in range(MAX_ATTEMPTS + 1):
        await mark(database, await claim(database, owner="a", limit=9))
        await expire(database)
        await recover(database)
    assert await states(database) == ["ambiguous"]


async def test_what_cannot_be_edited_is_answered_next(database: Database) -> None:
    await edits(database, 1)
    claimed = await claim(database, owner="a", limit=9)
    refusal = SendResult(status=SendStatus.UNDELIVERABLE, reason="message can't be edited")
    await finish(database, claimed, refusal)
    (claimed_next,) = await claim(database, owner="a", limit=9)
    assert claimed_next.kind is DeliveryKind.CORRECTION_REPLY
    assert isinstance(claimed_next.content, Correction)
    assert claimed_next.content.message_id == 7


async def test_a_refusal_is_waited_for_and_what_is_given_back_is_free(database: Database) -> None:
    await lines(database, 1)
    (claimed,) = await claim(database, owner="a", limit=9)
    await release(database, owner="a", delivery_ids=[claimed.delivery_id])
    claimed_again = await claim(database, owner="a", limit=9)
    await finish(database, claimed_again, SendResult(status=SendStatus.REFUSED, retry_after=60))
    assert await claim(database, owner="a", limit=9) == []
    assert await states(database) == ["retry"]


async def test_what_waits_for_a_closed_chat_ends(database: Database) -> None:
    await lines(database, 1)
    claimed = await claim(database, owner="a", limit=9)
    await close_chat(database, ALICE, "blocked")
    assert await mark(database, claimed) == set()
    assert await close_undeliverable(database) == 1
    assert await states(database) == ["dead"]


async def test_when_quiet_hours_are_given_up_the_line_comes_at_once(database: Database) -> None:
    await follow(database, ALICE)
    await change_settings(database, ALICE, lambda _: ChatSettings(digest=Digest.HOURLY))
    await end_outage(database)
    await announce_all(database)
    assert await claim(database, owner="a", limit=9) == []
    await change_settings(database, ALICE, lambda _: ChatSettings())
    assert len(await claim(database, owner="a", limit=9)) == 1


async def test_a_line_that_waits_for_the_end_of_quiet_hours_delays_no_other(database: Database) -> None:
    await follow(database, ALICE)
    await change_settings(database, ALICE, lambda _: ChatSettings(digest=Digest.HOURLY))
    await end_outage(database)
    await announce_all(database)
    assert (await backlog(database)).due == 0
    await happened(database, purchase(300))
    await fan_out_all(database)
    await database.execute(
        "UPDATE deliveries SET state = 'pending', due_at = now(), lane = 3 WHERE kind = 'alert'"
    )
    assert [one.kind for one in await claim(database, owner="a", limit=9)] == [DeliveryKind.ALERT]


async def test_what_waited_while_a_chat_was_closed_is_not_sent_when_it_opens(database: Database) -> None:
    await lines(database, 1)
    await close_chat(database, ALICE, "blocked")
    await reopen_chat(database, ALICE)
    assert await states(database) == ["dead"]


@pytest.mark.parametrize("known", [1, 2])
async def test_outages_go_with_a_group_to_its_new_id_each_once(known: int, database: Database) -> None:
    await lines(database, known)
    await migrate_chat(database, old_id=ALICE, new_id=ALICE + 1)
    assert [one.chat_id for one in await claim(database, owner="a", limit=9)] == [ALICE + 1]


@pytest.mark.parametrize("known", [1, 2])
async def test_broadcasts_go_with_a_group_to_its_new_id_each_once(known: int, database: Database) -> None:
    for chat_id in (ALICE, BOB)[:known]:
        await follow(database, chat_id)
    await broadcasts.start(database, await broadcasts.draft(database, "news", by=1))
    await migrate_chat(database, old_id=ALICE, new_id=BOB)
    assert [one.chat_id for one in await claim(database, owner="a", limit=9)] == [BOB]


async def test_a_destination_waits_only_for_itself(database: Database) -> None:
    await follow(database, ALICE)
    await happened(database, purchase(1), purchase(2))
    await fan_out_all(database)
    await database.execute("UPDATE deliveries SET address = 'elsewhere' WHERE delivery_id = 2")
    (first, *_) = await claim(database, owner="a", limit=1)
    assert [one.address for one in await claim(database, owner="b", limit=9)] == ["elsewhere"]
    transition = apply_result(first, SendResult(status=SendStatus.ACCEPTED))
    assert transition.delivery_id == 1


def alert_of(delivery: ClaimedDelivery) -> AlertContent:
    assert isinstance(delivery.content, AlertContent)
    return delivery.content


async def test_a_message_is_known_again_as_it_was_sent_whatever_corrects_it(database: Database) -> None:
    await follow(database, ALICE, label="Moby")
    await sent_while_provisional(database, 1, 2)
    await send_all(database)
    for number in (1, 2):
        await revert_alert(database, number)
    await correct_all(database)
    await send_all(database)
    found = await deliveries_of_messages(database, {(ALICE, 7), (ALICE, 8)})
    group = found[ALICE, 7]
    alerts = [alert_of(one) for one in group]
    assert [(one.event, one.label, one.reverted) for one in alerts] == [
        (purchase(1), "Moby", True),
        (purchase(2), "Moby", True),
    ]
    assert all(one.sent_at is not None for one in alerts)
    assert found[ALICE, 8] == []
    one = await deliveries_by_id(database, {group[0].delivery_id, 999})
    assert one == {group[0].delivery_id: group[0]}


async def test_of_two_wallets_with_one_name_each_is_named_with_its_address(database: Database) -> None:
    await follow(database, ALICE, label="Moby")
    await follow(database, ALICE, wallet=OTHER, label="moby")
    await follow(database, BOB, label="Moby")
    await happened(database, purchase(1), purchase(2, wallet=OTHER))
    await fan_out_all(database)
    claimed = await claim(database, owner="a", limit=9)
    names = {(one.chat_id, alert_of(one).label) for one in claimed}
    assert names == {(ALICE, "Moby 7vfC…voxs"), (ALICE, "moby Toke…Q5DA"), (BOB, "Moby")}
