"""A wallet's profit over time, from the question to the picture in the chat."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import msgspec
import pytest

from domain.jobs import QuestionKind
from domain.positions.equity import Step, steps_of
from domain.positions.holdings import Holding
from domain.positions.trips import RoundTrip
from storage.chats.watches import add_watch
from tests.storage.sample_data import WHALE, watch_for
from tests.workers.questions.asking import Asking, asking
from workers.questions.equity import HANDLER

pytestmark = pytest.mark.services


@pytest.fixture
async def alice(postgres_url: str) -> AsyncIterator[Asking]:
    async with asking(postgres_url) as run:
        yield run


def trip(at: int, gain: int | None) -> RoundTrip:
    return RoundTrip(known=1, cost_sol=1, net_sol=gain, closed_at=at)


def test_round_trips_stand_in_the_order_of_time_and_unknown_gains_are_left_out() -> None:
    holdings = [Holding(trips=[trip(30, 5), trip(10, -2)]), Holding(trips=[trip(20, 7), trip(25, None)])]
    found = steps_of(holdings)
    assert [(one.at.timestamp(), one.gain) for one in found] == [(10, -2), (20, 7), (30, 5)]
    assert found[0] == Step(at=datetime.fromtimestamp(10, UTC), gain=-2)


async def test_it_is_drawn_for_who_follows_the_wallet(alice: Asking) -> None:
    number = await alice.ask(QuestionKind.EQUITY, f"{WHALE} dark", update_id=1)
    await alice.attempt(number, HANDLER)
    assert "no round trip" in alice.last_edit(), "it is not followed"
    database = alice.context.database
    await add_watch(
        database, replace(watch_for(alice.chat_id, label="Moby"), chain="sandbox"), created_by=None
    )
    state = msgspec.json.encode(Holding(trips=[trip(1_700_000_000, 5 * 10**9)])).decode()
    await database.execute(
        "INSERT INTO positions (chain, wallet_id, mint, state, slot, alert_id)"
        " SELECT 'sandbox', wallet_id, 'mint', $1, 1, 1 FROM wallets",
        state,
    )
    number = await alice.ask(QuestionKind.EQUITY, f"{WHALE} light", update_id=2)
    await alice.attempt(number, HANDLER)
    assert await alice.state(number) == "answered"
