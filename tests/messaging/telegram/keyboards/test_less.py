"""The buttons behind Less like this."""

from decimal import Decimal

import pytest

from domain.activity.activity import Kind
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.keyboards.less import LESS_RULE, LESS_TOKEN, Event, less_keyboard
from messaging.telegram.keyboards.rules import MUTE_PICK

CALLBACKS = Callbacks("7000000001:AASandboxSandboxSandboxSandboxSandb")
MINT = "EKpQGSJtjMFqKZ9KQanSqYXRcF8fBopzLHYxdM65zcjm"


def asked(kind: Kind, *, mint: str | None = MINT, usd: Decimal | None = None) -> dict[str, tuple[str, ...]]:
    event = Event(watch_id=2**40, wallet="Cora", sort=kind, mint=mint, token="MITTEN", usd=usd)
    keyboard = less_keyboard(CALLBACKS, event, chat_id=-5)
    buttons = [button for row in keyboard.inline_keyboard for button in row]
    read = {
        button.text: CALLBACKS.read(str(button.callback_data), chat_id=-5, user_id=1) for button in buttons
    }
    return {text: (one.verb, *one.arguments) for text, one in read.items()}


def test_there_can_be_less_of_what_an_alert_was_about_and_buttons_say_what() -> None:
    watch = str(2**40)
    assert asked(Kind.BUY, usd=Decimal(250)) == {
        "Mute MITTEN for 1 day": (LESS_TOKEN, MINT),
        "Only $1,000 or more from Cora": (LESS_RULE, watch, "min", "1000"),
        "First buys only from Cora": (LESS_RULE, watch, "first", "on"),
        "No more buys from Cora": (LESS_RULE, watch, "off", "buy"),
        "Mute Cora…": (MUTE_PICK, watch),
    }
    assert asked(Kind.SELL)["Full exits only from Cora"] == (LESS_RULE, watch, "exit", "on")


@pytest.mark.parametrize("kind", Kind)
def test_what_is_not_known_is_not_offered(kind: Kind) -> None:
    offered = list(asked(kind, mint=None).values())
    assert all(one[0] != LESS_TOKEN for one in offered)
    assert all("min" not in one for one in offered)
