"""The buttons under a page of /history."""

import pytest

from messaging.telegram.callbacks import Callbacks
from messaging.telegram.keyboards.history import history_keyboard
from messaging.telegram.texts.history import MAX_PAGES

MINT = "9BB6NFEcjBCtnNLFko2FqVQBq8HHM13kCyYcdQbgpump"


@pytest.mark.parametrize(
    ("page", "more", "signs"),
    [(0, 0, []), (0, 1, ["▶"]), (3, 1, ["◀", "▶"]), (3, 0, ["◀"]), (MAX_PAGES - 1, 1, ["◀"])],
)
def test_there_is_a_way_to_the_pages_that_there_are(page: int, more: int, signs: list[str]) -> None:
    keyboard = history_keyboard(
        Callbacks("1:token"), page=page, about=MINT, has_more=more > 0, chat_id=-1_001_234_567_890
    )
    found = [] if keyboard is None else [button.text for button in keyboard.inline_keyboard[0]]
    assert found == signs
