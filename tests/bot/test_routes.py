"""The table of handlers.
Which handler a pressed button calls.
"""

import pytest

from bot.dialog.request import Request
from bot.handlers.flags import SWITCHABLE
from bot.permissions import Permission
from bot.route import Route
from bot.routes import (
    ANSWERS,
    CALLBACKS,
    COMMANDS,
    PASTED,
    TRANSACTION,
    UNKNOWN_TEXT,
    text_route,
)
from domain.chats import ChatKind, ChatTarget
from messaging.telegram.keyboards.choice import PICK, PICK_PAGE, UNDO
from messaging.telegram.keyboards.groups import ACCEPT, CONFIRM
from messaging.telegram.keyboards.rules import FORGET
from messaging.telegram.texts import help as help_texts
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
