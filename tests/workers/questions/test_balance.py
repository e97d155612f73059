"""Balances of the sandbox's wallets, from the question to the card in the chat."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from domain.activity.amounts import exact
from domain.jobs import QuestionKind
from storage.caches import Caches
from storage.keys import CacheName
from storage.redis import open_redis
from tests.workers.questions.asking import Asking, asking
from workers.cached_facts import open_cached_facts
from workers.questions.balance import HANDLER

pytestmark = pytest.mark.services


@pytest.fixture
async def alice(postgres_url: str) -> AsyncIterator[Asking]:
    async with asking(postgres_url) as run:
        yield run


async def balance(alice: Asking, address: str, *, update_id: int = 1) -> str:
    number = await alice.ask(QuestionKind.BALANCE, address, update_id=update_id)
    await alice.attempt(number, HANDLER)
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
    assert "the price of SOL is unknown" in card


async def test_an_empty_address_holds_nothing_and_that_is_said(alice: Asking) -> None:
    card = await balance(alice, "7vfCXTUXx5WJV5JADk17DUJ4ksgau7utNKj4b963voxs")
    assert "holds 0 SOL" in card
    assert "No tokens." in card


async def test_a_balance_asked_for_again_is_read_anew_once_the_wallet_acts(
    alice: Asking, valkey_url: str
) -> None:
    redis = open_redis(valkey_url, text=False)
    database = alice.context.database
    cached = open_cached_facts(Caches(redis), database, chain="sandbox")
    alice = replace(alice, context=replace(alice.context, cached=cached))
    simulation = alice.sandbox.simulation
    whale = simulation.whales[0]
    first = await balance(alice, whale.address)
    simulation.buy(whale, simulation.token("MITTEN"), 10**9)
    for _ in range(5):
        await alice.sandbox.next_block()
    assert await balance(alice, whale.address, update_id=2) == first
    await Caches(redis).forget(CacheName.BALANCES, [whale.address])  # as the scanner does
    assert "MITTEN" in await balance(alice, whale.address, update_id=3)
    await redis.aclose()
