"""The table of handlers.
Which handler a pressed button calls.
"""

from collections.abc import AsyncIterator
from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import pytest
from telegram import ForceReply

from bot.dialog.request import Reply, Request, SlowQuestion
from bot.handlers.flags import SWITCHABLE
from bot.permissions import Permission
from bot.routes import (
    ANSWERS,
    CALLBACKS,
    COMMANDS,
    PASTED,
    TRANSACTION,
    UNKNOWN_TEXT,
    Route,
    in_its_place,
    shown_once,
    text_route,
)
from domain.chats import ChatKind, ChatTarget
from domain.jobs import QuestionKind
from messaging.telegram.keyboards.choice import PICK, PICK_PAGE, UNDO
from messaging.telegram.keyboards.groups import ACCEPT, CONFIRM
from messaging.telegram.keyboards.rules import FORGET
from messaging.telegram.texts import help as help_texts
from services.services import Services
from storage.chats.sessions import Memos
from storage.redis import open_redis
from tests.bot.conftest import WHALE

SIGNATURE = "5h6xBEauJ3PK6SWCZ1PGjBvj8vDdWG3KpwATGy1ARAXFSDwt8GFXM7W5Ncn16wmqokgpiKRLuS83KUxyZyv2sUYv"
TARGET = ChatTarget(chat_id=1, kind=ChatKind.PRIVATE)
PICKED = Request(update_id=1, target=TARGET, user_id=1, message_id=1, verb=PICK)
TYPED = Request(update_id=1, target=TARGET, user_id=1, message_id=1)


def test_help_lists_every_command_and_no_other() -> None:
    listed = {name for name, _, _ in (*help_texts.COMMANDS, *help_texts.OPERATOR_COMMANDS)}
    assert listed == set(COMMANDS)


def test_each_button_and_answer_is_part_of_a_command_that_can_be_switched_off() -> None:
    routes = {verb: one for verb, one in CALLBACKS.items() if one.permission is not Permission.OPERATORS}
    loose = {name for name, one in {**routes, **ANSWERS}.items() if one.command not in SWITCHABLE}
    assert loose == {PICK_PAGE, UNDO, FORGET, CONFIRM, ACCEPT}


@pytest.mark.parametrize(
    ("text", "route"),
    [
        (f"look at {WHALE}", PASTED),
        (f"https://solscan.io/account/{WHALE}", PASTED),
        (SIGNATURE, TRANSACTION),
        (f"https://solscan.io/tx/{SIGNATURE}", TRANSACTION),
        ("good morning", UNKNOWN_TEXT),
        ("", UNKNOWN_TEXT),
    ],
)
def test_what_was_pasted_decides_who_answers(text: str, route: Route) -> None:
    assert text_route(text) is route


def test_what_a_choice_leads_to_stands_in_its_place() -> None:
    assert in_its_place(PICKED, Reply(text="done")).in_place
    assert not in_its_place(TYPED, Reply(text="done")).in_place


def test_a_question_is_a_message_of_its_own_since_only_that_opens_the_field() -> None:
    assert not in_its_place(PICKED, Reply(text="Name?", keyboard=ForceReply())).in_place
    assert not in_its_place(PICKED, Reply(note="gone")).in_place


CARD = Reply(text="scanning", question=SlowQuestion(kind=QuestionKind.SECURITY_SCAN, subject="mint"))


@pytest.fixture
async def services(valkey_url: str) -> AsyncIterator[Services]:
    """The one service that these tests need."""
    async with open_redis(valkey_url) as client:
        yield cast("Services", SimpleNamespace(memos=Memos(client)))


@pytest.mark.services
async def test_a_button_pressed_three_times_shows_its_card_once(services: Services) -> None:
    pressed = replace(TYPED, verb="scan", arguments=("mint",))
    assert await shown_once(pressed, services, CARD) == CARD
    for update_id in (2, 3):
        again = await shown_once(replace(pressed, update_id=update_id), services, CARD)
        assert (again.text, again.question, again.note) == ("", None, "Shown just now: look below.")
    assert await shown_once(pressed, services, CARD) == CARD, "the same update, handled again"
    other = replace(pressed, update_id=4, arguments=("another mint",))
    assert await shown_once(other, services, CARD) == CARD
    below = replace(pressed, update_id=5, message_id=2)
    assert await shown_once(below, services, CARD) == CARD


@pytest.mark.services
async def test_what_changes_something_or_stands_in_place_is_never_held_back(services: Services) -> None:
    for update_id, reply in enumerate([Reply(text="muted"), replace(CARD, in_place=True)] * 2):
        assert await shown_once(replace(TYPED, update_id=update_id), services, reply) == reply
