"""The buttons behind Less."""

from decimal import Decimal

import pytest

from domain.activity.activity import Kind
from domain.rules.gates import Gate
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.keyboards.rules import MUTE_PICK
from messaging.telegram.keyboards.why import (
    LESS_RULE,
    LESS_TOKEN,
    Event,
    fix_keyboard,
    less_keyboard,
    with_pages,
)

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
        (None, None),
        (Gate.MUTED, None),
        (Gate.TOKEN_MUTED, "🔔 Unmute the token"),
        (Gate.PAUSED, "▶ Resume alerts"),
        (Gate.QUIET, "No quiet hours"),
    ],
)
def test_an_event_of_a_token_alone_offers_nobody_to_follow(gate: Gate | None, expected: str | None) -> None:
    assert label(gate, watch_id=None, mint="w") == expected


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


def test_pages_of_a_position_stand_below_the_other_button() -> None:
    fix = fix_keyboard(CALLBACKS, Gate.PAUSED, chat_id=1, watch_id=7, wallet="w", sort="buy", mint=None)
    found = [
        with_pages(keyboard, CALLBACKS, page=page, pages=3, message_id=2**40, chat_id=1)
        for keyboard, page in ((fix, 0), (None, 1), (None, 2))
    ]
    signs = [
        [[button.text for button in row] for row in one.inline_keyboard] for one in found if one is not None
    ]
    assert signs == [[["▶ Resume alerts"], ["◀"]], [["◀", "▶"]], [["▶"]]]
    assert with_pages(None, CALLBACKS, page=0, pages=1, message_id=5, chat_id=1) is None
