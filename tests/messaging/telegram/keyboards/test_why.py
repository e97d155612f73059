"""The buttons behind Less like this."""

from decimal import Decimal

import pytest

from domain.activity.activity import Kind
from domain.rules.gates import Gate
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.keyboards.rules import MUTE_PICK
from messaging.telegram.keyboards.why import LESS_RULE, LESS_TOKEN, Event, fix_keyboard, less_keyboard

CALLBACKS = Callbacks("1:token")
MINT = "DezXAZ8z7PnrnRJjz3wXBoRgixCa6xjnB7YaB1pPB263"
LESS_CALLBACKS = Callbacks("7000000001:AASandboxSandboxSandboxSandboxSandb")
LESS_MINT = "EKpQGSJtjMFqKZ9KQanSqYXRcF8fBopzLHYxdM65zcjm"


def label(gate: Gate | None, *, watch_id: int | None = 7, mint: str | None = MINT) -> str | None:
    keyboard = fix_keyboard(
        CALLBACKS, gate, chat_id=1, watch_id=watch_id, wallet="w", sort=Kind.BUY.value, mint=mint
    )
    return None if keyboard is None else keyboard.inline_keyboard[0][0].text


def test_who_does_not_follow_the_wallet_may_follow_it() -> None:
    assert label(None, watch_id=None) == "🐋 Follow"


@pytest.mark.parametrize(
    ("gate", "expected"),
    [
        (Gate.MUTED, "🔔 Unmute the wallet"),
        (Gate.TOKEN_MUTED, "🔔 Unmute the token"),
        (Gate.KIND_OFF, "🔔 Unmute buys"),
        (Gate.PAUSED, "▶ Resume alerts"),
        (Gate.BELOW_MINIMUM, "No minimum"),
        (Gate.QUIET, "No quiet hours"),
    ],
)
def test_a_gate_that_a_person_set_can_be_opened(gate: Gate, expected: str) -> None:
    assert label(gate) == expected


@pytest.mark.parametrize("gate", [Gate.WANTED, Gate.DUST, Gate.REVERTED, Gate.BEFORE_WATCH])
def test_other_gates_have_no_button(gate: Gate) -> None:
    assert label(gate) is None


def asked(
    kind: Kind, *, mint: str | None = LESS_MINT, usd: Decimal | None = None
) -> dict[str, tuple[str, ...]]:
    event = Event(watch_id=2**40, wallet="Cora", sort=kind, mint=mint, token="MITTEN", usd=usd)
    keyboard = less_keyboard(LESS_CALLBACKS, event, chat_id=-5)
    buttons = [button for row in keyboard.inline_keyboard for button in row]
    read = {
        button.text: LESS_CALLBACKS.read(str(button.callback_data), chat_id=-5, user_id=1)
        for button in buttons
    }
    return {text: (one.verb, *one.arguments) for text, one in read.items()}


def test_there_can_be_less_of_what_an_alert_was_about_and_buttons_say_what() -> None:
    watch = str(2**40)
    assert asked(Kind.BUY, usd=Decimal(250)) == {
        "Mute MITTEN for 1 day": (LESS_TOKEN, LESS_MINT),
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
