"""What a message shows is found again as it was sent."""

import pytest

from domain.delivery.deliveries import AlertContent, ClaimedDelivery
from storage.delivery.claims import claim
from storage.delivery.contents import deliveries_by_id, deliveries_of_messages
from storage.postgres import Database
from tests.storage.outbox import correct_all, revert_alert, send_all, sent_while_provisional
from tests.storage.sample_data import ALICE, BOB, fan_out_all, follow, happened, purchase

pytestmark = pytest.mark.services
OTHER = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"


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
