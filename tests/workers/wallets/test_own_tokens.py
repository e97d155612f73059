"""What people hold is read in turn, money aside."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from domain.chats import Chat, ChatKind
from storage.chats.chats import saw_chat
from storage.chats.own_wallets import add_own_wallet, own_wallets
from tests.workers.questions.asking import Asking, asking
from workers.wallets.own_tokens import read_once

pytestmark = pytest.mark.services


@pytest.fixture
async def alice(postgres_url: str) -> AsyncIterator[Asking]:
    async with asking(postgres_url) as run:
        yield run


async def test_an_address_is_read_by_one_worker_and_not_again_at_once(alice: Asking) -> None:
    database, whale = alice.context.database, alice.sandbox.simulation.whales[0]
    await saw_chat(database, Chat(chat_id=alice.chat_id, kind=ChatKind.PRIVATE, title="alice"))
    await add_own_wallet(database, chat_id=alice.chat_id, topic_id=0, chain="sandbox", address=whale.address)
    assert await read_once(alice.context) == 1
    assert await read_once(alice.context) == 0
    assert await read_once(replace(alice.context, owner="another")) == 0
    (wallet,) = await own_wallets(database, chat_id=alice.chat_id, topic_id=0, chain="sandbox")
    assert wallet.read_at is not None
