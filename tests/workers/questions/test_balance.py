"""Balances of the sandbox's wallets, from the question to the card in the chat."""

from collections.abc import AsyncIterator

import pytest

from domain.activity.amounts import exact
from domain.jobs import QuestionKind
from tests.workers.questions.asking import Asking, asking
from workers.questions.balance import HANDLER
from workers.questions.job import answer_question

pytestmark = pytest.mark.services


@pytest.fixture
async def alice(postgres_url: str) -> AsyncIterator[Asking]:
    async with asking(postgres_url) as run:
        yield run


async def balance(alice: Asking, address: str) -> str:
    number = await alice.ask(QuestionKind.BALANCE, address)
    await answer_question(alice.context, number, HANDLER)
    assert await alice.state(number) == "answered"
    return alice.last_edit()


async def test_it_tells_sol_and_tokens_to_the_last_unit_with_the_slot_of_the_reading(alice: Asking) -> None:
    simulation = alice.sandbox.simulation
    whale, token = simulation.whales[0], simulation.token("MITTEN")
    bought = simulation.buy(whale, token, 10**9).received[-1]
    for _ in range(5):
        await alice.sandbox.next_block()
    card = await balance(alice, whale.address)
    assert f"• {exact(bought.raw, token.decimals)} MITTEN" in card
    assert "SOL" in card.splitlines()[0]
    assert "Read at slot" in card
    assert "unknown" in card


async def test_an_empty_address_holds_nothing_and_that_is_said(alice: Asking) -> None:
    card = await balance(alice, "7vfCXTUXx5WJV5JADk17DUJ4ksgau7utNKj4b963voxs")
    assert "holds 0 SOL" in card
    assert "No tokens." in card
