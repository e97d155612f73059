import pytest
from telegram import InlineKeyboardMarkup

from domain.delivery.broadcasts import BroadcastState
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.keyboards.queues import preview_keyboard, progress_keyboard, retry_keyboard

CALLBACKS = Callbacks("1:token")


def labels(keyboard: InlineKeyboardMarkup | None) -> list[str]:
    return [] if keyboard is None else [button.text for row in keyboard.inline_keyboard for button in row]


def test_each_cause_has_a_button_and_several_have_one_for_all() -> None:
    assert retry_keyboard(CALLBACKS, [], chat_id=1, user_id=1) is None
    assert labels(retry_keyboard(CALLBACKS, [("a", 5)], chat_id=1, user_id=1)) == ["♻️ Retry 1 (× 5)"]
    several = retry_keyboard(CALLBACKS, [("a", 5), ("b", 1_000)], chat_id=1, user_id=1)
    assert labels(several) == ["♻️ Retry 1 (× 5)", "♻️ Retry 2 (× 1,000)", "♻️ Retry all"]


def test_a_preview_can_be_sent_or_dropped() -> None:
    assert labels(preview_keyboard(CALLBACKS, 3, 1_200, chat_id=1, user_id=1)) == [
        "📣 Send to 1,200",
        "Discard",
    ]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (BroadcastState.RUNNING, ["🔄 Refresh", "⏹ Stop"]),
        (BroadcastState.STOPPED, ["🔄 Refresh", "▶ Resume"]),
        (BroadcastState.DONE, []),
    ],
)
def test_a_broadcast_can_be_stopped_while_it_runs_and_go_on_after_that(
    state: BroadcastState, expected: list[str]
) -> None:
    assert labels(progress_keyboard(CALLBACKS, 3, state, chat_id=1, user_id=1)) == expected
