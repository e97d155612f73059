"""What became of alerts for a chat, in pages, for that chat alone."""

import pytest

from storage.postgres import Database
from storage.web.chat_deliveries import chat_deliveries, chat_delivery
from tests.storage.sample_data import ALICE, BOB, fan_out_all, follow, happened, purchase

pytestmark = pytest.mark.services


async def test_they_come_the_latest_first_and_only_to_their_chat(database: Database) -> None:
    await follow(database, ALICE)
    await happened(database, *(purchase(number) for number in range(3)))
    await fan_out_all(database)
    page = await chat_deliveries(database, chat_id=ALICE, topic_id=0, before=2**62, limit=2)
    assert [one.gate for one in page] == ["wanted", "wanted"]
    assert page[0].delivery_id > page[1].delivery_id
    one = await chat_delivery(database, delivery_id=page[0].delivery_id, chat_id=ALICE)
    assert one == page[0]
    assert await chat_delivery(database, delivery_id=page[0].delivery_id, chat_id=BOB) is None
