"""What all wallets of a chat hold, from the question to the card in the chat."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from chain.rpc.balances import read_balance
from domain.activity.amounts import compact
from domain.jobs import QuestionKind
from storage.chats.watches import add_watch
from tests.storage.sample_data import watch_for
from tests.workers.questions.asking import Asking, asking
from workers.questions.portfolio import HANDLER

pytestmark = pytest.mark.services


@pytest.fixture
async def alice(postgres_url: str) -> AsyncIterator[Asking]:
    async with asking(postgres_url) as run:
        yield run


async def portfolio(alice: Asking, *, update_id: int) -> str:
    number = await alice.ask(QuestionKind.PORTFOLIO, "", update_id=update_id)
    await alice.attempt(number, HANDLER)
    assert await alice.state(number) == "answered"
    return alice.last_edit()


async def test_it_adds_up_what_all_followed_wallets_hold(alice: Asking) -> None:
    assert "/watch ADDRESS" in await portfolio(alice, update_id=1)
    simulation, token = alice.sandbox.simulation, alice.sandbox.simulation.token("MITTEN")
    expected, whales = 0, [simulation.whale(name) for name in ("Ahab", "Cora")]  # who have as much of it
    for whale in whales:
        simulation.buy(whale, token, 10**9)
        watch = replace(watch_for(alice.chat_id, wallet=whale.address), chain="sandbox")
        await add_watch(alice.context.database, watch, created_by=None)
    for _ in range(5):
        await alice.sandbox.next_block()
    for whale in whales:
        facts = await read_balance(alice.context.nodes, whale.address)
        expected += sum(one.raw for one in facts.holdings if one.mint == str(token.mint))
    card = await portfolio(alice, update_id=2)
    assert "💼 2 wallets hold" in card
    assert f"• {compact(expected, token.decimals)} MITTEN" in card
