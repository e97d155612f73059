"""How the message of a position ends: by a swap, with a digest, and not, where the exit never happened."""

import pytest
from msgspec import structs

from domain.activity.activity import Activity, Kind, Leg
from domain.delivery.deliveries import AlertContent, DeliveryKind
from domain.rules.rules import Digest
from storage.chats.rules import change_settings
from storage.delivery.digests import gather_due
from storage.postgres import Database
from tests.storage.living import (
    ACCEPTED,
    EDITED,
    bought,
    decide,
    displayed,
    follow_living,
    kinds,
    next_message,
    pass_seconds,
    send,
    sold,
)
from tests.storage.outbox import correct_all, revert_alert
from tests.storage.sample_data import ALICE, MINT

pytestmark = pytest.mark.services


def swapped(number: int, *, raw: int) -> Activity:
    other = (Leg(mint="other", raw=7, decimals=0),)
    return structs.replace(sold(number, left=0), kind=Kind.SWAP, received=other, paid=_paid(raw))


def _paid(raw: int) -> tuple[Leg, ...]:
    return (Leg(mint=MINT, raw=raw, decimals=5),)


async def test_a_swap_of_everything_ends_the_message_of_what_it_gave_and_answers_it(
    database: Database,
) -> None:
    await follow_living(database)
    await decide(database, first := bought(1))
    await send(database)
    await decide(database, swapped(2, raw=first.received[0].raw - 1))
    await send(database, structs.replace(ACCEPTED, message_id=8))
    assert await open_messages(database) == 1, "some of it is left"
    await decide(database, swapped(3, raw=1))
    (exit_,) = await send(database, structs.replace(ACCEPTED, message_id=9))
    assert isinstance(exit_.content, AlertContent)
    assert (exit_.kind, exit_.content.answers) == (DeliveryKind.ALERT, 7)
    assert await open_messages(database) == 0


async def open_messages(database: Database) -> int:
    number: int = await database.fetchval("SELECT count(*) FROM living_alerts WHERE closed_at IS NULL")
    return number


@pytest.mark.parametrize("wakes", [True, False])
async def test_the_message_shows_what_a_digest_will_tell_and_an_exit_wakes_who_asked_for_that(
    database: Database, *, wakes: bool
) -> None:
    await follow_living(database)
    await decide(database, bought(1))
    await send(database)
    await change_settings(
        database, ALICE, lambda old: structs.replace(old, digest=Digest.HOURLY, exits_wake=wakes)
    )
    await decide(database, bought(2))
    await pass_seconds(database, 10)
    assert kinds(await send(database, EDITED)) == [DeliveryKind.LIVING_REFRESH], "it wakes nobody"
    assert await displayed(database) == ["signature-1", "signature-2"]
    await decide(database, sold(3, left=0))
    assert await open_messages(database) == 0
    woken = [
        one.content.answers for one in await next_message(database) if isinstance(one.content, AlertContent)
    ]
    assert woken == ([7] if wakes else [])
    assert await displayed(database) == ["signature-1", "signature-2", "signature-3"]
    await database.execute("UPDATE deliveries SET due_at = now() WHERE state = 'deferred'")
    assert await gather_due(database) == (1 if wakes else 2)
    assert await displayed(database) == ["signature-1", "signature-2", "signature-3"]


async def test_an_exit_that_never_happened_is_taken_out_of_the_message_and_its_position_goes_on(
    database: Database,
) -> None:
    await follow_living(database)
    await decide(database, bought(1))
    await send(database)
    await decide(database, sold(2, left=0))
    await send(database, structs.replace(ACCEPTED, message_id=8))
    await pass_seconds(database, 10)
    assert kinds(await send(database, EDITED)) == [DeliveryKind.LIVING_REFRESH]
    await revert_alert(database, 2)
    await correct_all(database)
    assert await open_messages(database) == 1
    await pass_seconds(database, 10)
    found = {(await send(database, EDITED))[0].kind, (await send(database, EDITED))[0].kind}
    assert found == {DeliveryKind.CORRECTION, DeliveryKind.LIVING_REFRESH}
    assert await next_message(database) == []


async def sent_with_a_digest_up_to_its_exit(database: Database) -> None:
    await follow_living(database)
    await decide(database, bought(1))
    await send(database)
    await change_settings(database, ALICE, lambda old: structs.replace(old, digest=Digest.HOURLY))
    await decide(database, bought(2))
    await decide(database, sold(3, left=0))
    assert await open_messages(database) == 0


@pytest.mark.parametrize("apart", [True, False])
async def test_a_position_goes_on_once_its_exit_is_reverted_whatever_is_reverted_with_it(
    database: Database, *, apart: bool
) -> None:
    await sent_with_a_digest_up_to_its_exit(database)
    await revert_alert(database, 2)
    if apart:
        await correct_all(database)
        assert await open_messages(database) == 0, "it ended by another event"
    await revert_alert(database, 3)
    await correct_all(database)
    assert await open_messages(database) == 1


async def test_what_ended_for_another_reason_stays_ended(database: Database) -> None:
    await sent_with_a_digest_up_to_its_exit(database)
    await database.execute("UPDATE living_alerts SET closed_by = NULL")
    await revert_alert(database, 3)
    await correct_all(database)
    assert await open_messages(database) == 0


async def test_of_two_messages_of_a_position_whose_exits_are_reverted_the_later_one_goes_on(
    database: Database,
) -> None:
    await sent_with_a_digest_up_to_its_exit(database)
    await change_settings(database, ALICE, lambda old: structs.replace(old, digest=Digest.OFF))
    await decide(database, bought(4))
    await decide(database, sold(5, left=0))
    for number in (3, 5):
        await revert_alert(database, number)
    await correct_all(database)
    rows = await database.fetch("SELECT closed_at IS NULL AS is_open FROM living_alerts ORDER BY living_id")
    assert [row["is_open"] for row in rows] == [False, True]
