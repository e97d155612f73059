import pytest

from domain.activity.activity import Kind
from domain.rules.gates import Gate
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.keyboards.why import fix_keyboard

CALLBACKS = Callbacks("1:token")
MINT = "DezXAZ8z7PnrnRJjz3wXBoRgixCa6xjnB7YaB1pPB263"


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
