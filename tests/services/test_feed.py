"""Alerts for programs, with the names of their tokens."""

import pytest

from domain.chats import ChatKind, ChatTarget
from services.services import Services
from storage.postgres import Database
from tests.storage.sample_data import ALICE, CHAIN, MINT, fan_out_all, follow, happened, purchase

pytestmark = pytest.mark.services
TARGET = ChatTarget(chat_id=ALICE, kind=ChatKind.PRIVATE)


async def test_alerts_carry_the_symbols_of_their_tokens(services: Services, database: Database) -> None:
    await database.execute(
        "INSERT INTO tokens (chain, mint, symbol, decimals) VALUES ($1, $2, 'BONK', 5)",
        services.chain,
        MINT,
    )
    await follow(database, ALICE)
    await happened(database, purchase(1))
    await fan_out_all(database)
    (alert,) = await services.feed.page(TARGET, before=2**62, limit=10)
    assert (alert.chain, alert.activity is not None) == (CHAIN, True)
    assert alert.activity is not None
    assert alert.activity.received[0].symbol == "BONK"
    assert await services.feed.one(TARGET, int(alert.delivery_id)) == alert
    assert await services.feed.one(TARGET, 10**9) is None


async def test_what_appeared_since_a_cursor_is_read_for_many_chats(
    services: Services, database: Database
) -> None:
    await follow(database, ALICE)
    cursor = await services.feed.present()
    await happened(database, purchase(1))
    await fan_out_all(database)
    page = await services.feed.appeared(cursor, [ALICE, ALICE + 1])
    assert [entry.chat_id for entry in page.entries] == [ALICE]
