"""What people hold is read in turn, money aside."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from chain.rpc.errors import Rejected
from chain.rpc.pool import RpcPool
from domain.chats import Chat, ChatKind
from domain.errors import NodeUnreadable, WhaleWatcherError
from domain.security.wallet_facts import TokenAccount
from storage.chats.chats import saw_chat
from storage.chats.own_wallets import add_own_wallet, own_wallets
from tests.workers.questions.asking import Asking, asking
from workers.wallets import own_tokens
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


@pytest.mark.parametrize("error", [NodeUnreadable("no JSON"), Rejected("no", provider="node", code=-32010)])
async def test_addresses_that_cannot_be_read_hold_up_nobody(
    alice: Asking, monkeypatch: pytest.MonkeyPatch, error: WhaleWatcherError
) -> None:
    database = alice.context.database
    bad = [f"{number}Bad1111111111111111111111111111111111111111" for number in (1, 2)]
    good = "Good111111111111111111111111111111111111111"

    async def read(_: RpcPool, address: str) -> list[TokenAccount]:
        if address != good:
            raise error
        return []

    monkeypatch.setattr(own_tokens, "read_token_accounts", read)
    await saw_chat(database, Chat(chat_id=alice.chat_id, kind=ChatKind.PRIVATE, title="alice"))
    for address in (*bad, good):
        await add_own_wallet(database, chat_id=alice.chat_id, topic_id=0, chain="sandbox", address=address)
    assert [await read_once(alice.context) for _ in range(3)] == [0, 1, 0]
    wallets = await own_wallets(database, chat_id=alice.chat_id, topic_id=0, chain="sandbox")
    assert {one.address for one in wallets if one.is_failing} == set(bad)
