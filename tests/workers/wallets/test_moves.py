"""Whether a wallet moved is judged by what it has left, and by what the address does."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from msgspec import structs

from domain.activity.activity import SOL, Activity, Kind, Leg
from storage.chats.watches import add_watch
from storage.ingest.cursors import note_head
from tests.storage.sample_data import watch_for
from tests.workers.questions.asking import Asking, asking
from workers.wallets.moves import judge_once, past_of, summed_up

pytestmark = pytest.mark.services
UNIT = 10**9
GOT = Activity(
    chain="sandbox",
    signature="s",
    slot=1,
    block_time=9,
    wallet="home",
    kind=Kind.TRANSFER_IN,
    paid=(),
    received=(Leg(mint=SOL, raw=100, decimals=9),),
    counterparty="whale",
)
SENT = structs.replace(
    GOT, kind=Kind.TRANSFER_OUT, received=(), paid=(Leg(mint=SOL, raw=90, decimals=9),), counterparty="hot"
)


@pytest.fixture
async def alice(postgres_url: str) -> AsyncIterator[Asking]:
    async with asking(postgres_url) as run:
        yield run


def test_what_was_sent_on_and_what_an_address_did_itself_are_two_things() -> None:
    past = summed_up([GOT, SENT], first_at=9, seen_until=20)
    assert (past.first_at, past.passed_on, past.passed_to, past.acts) == (9, 0.9, ("hot",), False)
    assert summed_up([GOT, structs.replace(SENT, kind=Kind.STAKE)], first_at=9, seen_until=20).acts
    assert summed_up([GOT], first_at=9, seen_until=20).passed_on == 0


async def test_an_address_is_as_old_as_its_first_transaction_and_lies_still(alice: Asking) -> None:
    simulation, database = alice.sandbox.simulation, alice.context.database
    whale, other = simulation.whales[0], simulation.whales[1]
    simulation.send_sol(whale, other.address, UNIT)
    for _ in range(3):
        await alice.sandbox.next_block()
    assert await judge_once(alice.context) == 0, "nobody reads the chain"
    await note_head(database, chain="sandbox", slot=10_000)
    past = await past_of(alice.context, other.address, upto=0)
    assert (past.acts, past.passed_on) == (False, 0)


async def test_a_wallet_that_kept_most_has_not_moved_and_without_a_price_nothing_is_said(
    alice: Asking,
) -> None:
    database, whale = alice.context.database, alice.sandbox.simulation.whales[0]
    watch = replace(watch_for(alice.chat_id, wallet=whale.address), chain="sandbox")
    await add_watch(database, watch, created_by=None)
    await note_head(database, chain="sandbox", slot=1)
    await database.execute(
        "INSERT INTO pattern_sightings SELECT 1, wallet_id, 'sandbox', 'sent', 'SOL', 5, 1000, NULL, NULL,"
        " 'home', 1, false, true FROM wallets"
    )
    await database.execute(
        "INSERT INTO wallet_moves (wallet_id, address, chain, alert_id, moved_at)"
        " SELECT wallet_id, 'home', 'sandbox', 1, 5 FROM wallets"
    )
    assert await judge_once(alice.context) == 0
    assert await database.fetchval("SELECT checks FROM wallet_moves") == 1, "SOL has no price here"
    await database.execute("UPDATE wallet_moves SET remaining = 500000, due_at = now()")
    assert await judge_once(alice.context) == 0
    assert await database.fetchval("SELECT count(*) FROM wallet_moves") == 0
