"""A campaign's curve beside its whale's, from the question to the picture in the chat."""

from collections.abc import AsyncIterator

import pytest

from domain.jobs import QuestionKind
from storage.paper.advance import read_stored_next
from tests.storage.paper.history import generated_activities, set_clock, start, stored
from tests.storage.sample_data import CHAIN
from tests.workers.questions.asking import Asking, asking
from workers.questions.campaign import HANDLER

pytestmark = pytest.mark.services


@pytest.fixture
async def alice(postgres_url: str) -> AsyncIterator[Asking]:
    async with asking(postgres_url) as run:
        yield run


async def test_it_is_drawn_for_the_chat_whose_campaign_it_is(alice: Asking) -> None:
    database = alice.context.database
    await stored(database, generated_activities(1))
    await set_clock(database, 100_000)
    number = await start(database, chat_id=alice.chat_id)
    question = await alice.ask(QuestionKind.CAMPAIGN, f"{number} dark", update_id=1)
    await alice.attempt(question, HANDLER)
    assert "Nothing was bought" in alice.last_edit()
    while await read_stored_next(database, chain=CHAIN):
        pass
    question = await alice.ask(QuestionKind.CAMPAIGN, f"{number} light", update_id=2)
    await alice.attempt(question, HANDLER)
    assert await alice.state(question) == "answered"
    await database.execute("UPDATE campaigns SET chat_id = $1", await _another_chat(alice))
    question = await alice.ask(QuestionKind.CAMPAIGN, f"{number} dark", update_id=3)
    await alice.attempt(question, HANDLER)
    assert "no such campaign" in alice.last_edit()


async def _another_chat(alice: Asking) -> int:
    await alice.context.database.execute("INSERT INTO chats (chat_id, kind) VALUES (77, 'private')")
    return 77
