"""Which message a pressed button changes, and what it shows once."""

from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import cast

import pytest
from msgspec import structs
from telegram import ForceReply

from bot.dialog.pressed import replacing_message, without_repetition
from bot.dialog.request import Reply, Request, SlowQuestion
from domain.chats import ChatKind, ChatTarget
from domain.jobs import QuestionKind
from messaging.telegram.keyboards.choice import PICK
from services.services import Services
from storage.chats.sessions import Memos
from storage.redis import open_redis

TARGET = ChatTarget(chat_id=1, kind=ChatKind.PRIVATE)
PICKED = Request(update_id=1, target=TARGET, user_id=1, message_id=1, verb=PICK)
TYPED = Request(update_id=1, target=TARGET, user_id=1, message_id=1)


def test_what_a_choice_leads_to_stands_in_its_place() -> None:
    assert replacing_message(PICKED, Reply(text="done")).in_place
    assert not replacing_message(TYPED, Reply(text="done")).in_place


def test_a_question_is_a_message_of_its_own_since_only_that_opens_the_field() -> None:
    assert not replacing_message(PICKED, Reply(text="Name?", keyboard=ForceReply())).in_place
    assert not replacing_message(PICKED, Reply(note="gone")).in_place


CARD = Reply(text="scanning", question=SlowQuestion(kind=QuestionKind.SECURITY_SCAN, subject="mint"))


@pytest.fixture
async def services(valkey_url: str) -> AsyncIterator[Services]:
    """The one service that these tests need."""
    async with open_redis(valkey_url) as client:
        yield cast("Services", SimpleNamespace(memos=Memos(client)))


@pytest.mark.services
async def test_a_button_pressed_three_times_shows_its_card_once(services: Services) -> None:
    pressed = structs.replace(TYPED, verb="scan", arguments=("mint",))
    assert await without_repetition(pressed, services, CARD) == CARD
    for update_id in (2, 3):
        again = await without_repetition(structs.replace(pressed, update_id=update_id), services, CARD)
        assert (again.text, again.question, again.note) == ("", None, "Shown just now: look below.")
    assert await without_repetition(pressed, services, CARD) == CARD, "the same update, handled again"
    other = structs.replace(pressed, update_id=4, arguments=("another mint",))
    assert await without_repetition(other, services, CARD) == CARD
    below = structs.replace(pressed, update_id=5, message_id=2)
    assert await without_repetition(below, services, CARD) == CARD


@pytest.mark.services
async def test_what_changes_something_or_stands_in_place_is_never_held_back(services: Services) -> None:
    for update_id, reply in enumerate([Reply(text="muted"), structs.replace(CARD, in_place=True)] * 2):
        assert await without_repetition(structs.replace(TYPED, update_id=update_id), services, reply) == reply
