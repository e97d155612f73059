"""The table of handlers.
Which handler a pressed button calls.
"""

import pytest

from bot.dialog.awaited_input import Awaiting
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
from messaging.telegram.keyboards.addresses import BALANCE
from messaging.telegram.keyboards.alert import NOISE, SCAN, WHY
from messaging.telegram.keyboards.choice import PICK, PICK_PAGE, UNDO
from messaging.telegram.keyboards.export import EXPORT
from messaging.telegram.keyboards.groups import ACCEPT, CHANNEL, CONFIRM
from messaging.telegram.keyboards.history import HISTORY
from messaging.telegram.keyboards.paper import PAPER_CHART, PAPER_FILLS, PAPER_PAGE
from messaging.telegram.keyboards.payers import GIVE_UP, TAKE_OVER
from messaging.telegram.keyboards.records import EQUITY
from messaging.telegram.keyboards.rules import FORGET
from messaging.telegram.keyboards.share import SHARE_NAME
from messaging.telegram.keyboards.token import CHART
from messaging.telegram.keyboards.watches import LIST
from messaging.telegram.keyboards.webhooks import WEBHOOK
from messaging.telegram.keyboards.whales import WHALES
from messaging.telegram.keyboards.why import WHY_PAGE
from messaging.telegram.texts import help as help_texts
from tests.bot.conftest import WHALE

SIGNATURE = "5h6xBEauJ3PK6SWCZ1PGjBvj8vDdWG3KpwATGy1ARAXFSDwt8GFXM7W5Ncn16wmqokgpiKRLuS83KUxyZyv2sUYv"
TARGET = ChatTarget(chat_id=1, kind=ChatKind.PRIVATE)
PICKED = Request(update_id=1, target=TARGET, user_id=1, message_id=1, verb=PICK)
SHOWS = frozenset(
    {SCAN, BALANCE, CHART, EQUITY, PAPER_FILLS, PAPER_CHART, PAPER_PAGE, WHY, PICK_PAGE, HISTORY, LIST}
    | {EXPORT, WHALES, CONFIRM, WHY_PAGE, Awaiting.BALANCE, Awaiting.SCAN}
)
"""Buttons and answers that show what everybody in the chat may see."""
CHECKED = frozenset({WEBHOOK, ACCEPT, CHANNEL, TAKE_OVER, GIVE_UP, SHARE_NAME, NOISE})
"""Those whose handlers ask who may, since it is about another chat, or about the person alone."""
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


def test_what_changes_anything_of_a_chat_is_for_its_admins_and_the_rest_is_known() -> None:
    free = {name for name, one in {**CALLBACKS, **ANSWERS}.items() if one.permission is Permission.ANYBODY}
    assert free == SHOWS | CHECKED
    assert not any(one.allows_read_only for one in {**CALLBACKS, **ANSWERS}.values())
    assert {name for name, one in COMMANDS.items() if one.permission is Permission.OPERATORS} == {
        name for name, _, _ in help_texts.OPERATOR_COMMANDS
    }
