"""The buttons behind Less like this."""

from decimal import Decimal

import pytest

from domain.activity.activity import Kind
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.keyboards.less import less_keyboard
from messaging.telegram.keyboards.rules import MUTE_PICK, MUTE_TOKEN, RULE

CALLBACKS = Callbacks("7000000001:AASandboxSandboxSandboxSandboxSandb")
MINT = "EKpQGSJtjMFqKZ9KQanSqYXRcF8fBopzLHYxdM65zcjm"


def asked(kind: Kind, *, mint: str | None = MINT, usd: Decimal | None = None) -> list[tuple[str, ...]]:
    keyboard = less_keyboard(CALLBACKS, chat_id=-5, watch_id=2**40, sort=kind, mint=mint, usd=usd)
    buttons = [button for row in keyboard.inline_keyboard for button in row]
    read = [CALLBACKS.read(str(button.callback_data), chat_id=-5, user_id=1) for button in buttons]
    return [(one.verb, *one.arguments) for one in read]


def test_there_can_be_less_of_what_an_alert_was_about() -> None:
    watch = str(2**40)
    assert asked(Kind.BUY, usd=Decimal(250)) == [
        (MUTE_TOKEN, MINT, "1d"),
        (RULE, watch, "min", "1000"),
        (RULE, watch, "first", "on"),
        (RULE, watch, "off", "buy"),
        (MUTE_PICK, watch),
    ]
    assert (RULE, watch, "exit", "on") in asked(Kind.SELL)


@pytest.mark.parametrize("kind", Kind)
def test_what_is_not_known_is_not_offered(kind: Kind) -> None:
    verbs = {one[:1] + one[2:3] for one in asked(kind, mint=None)}
    assert (MUTE_TOKEN, "1d") not in verbs
    assert (RULE, "min") not in verbs
