"""The buttons of a choice.
The button Undo.
"""

import pytest
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from messaging.telegram.callbacks import Callbacks
from messaging.telegram.keyboards.choice import (
    PICK,
    PICK_PAGE,
    UNDO,
    choice_keyboard,
    fitting_rows,
    undo_keyboard,
)

CALLBACKS = Callbacks("token")


def read(keyboard: InlineKeyboardMarkup) -> dict[str, tuple[str, ...]]:
    buttons = [button for row in keyboard.inline_keyboard for button in row]
    found = {}
    for button in buttons:
        callback = CALLBACKS.read(str(button.callback_data), chat_id=1, user_id=1)
        found[button.text] = (callback.verb, *callback.arguments)
    return found


def test_each_option_has_a_button() -> None:
    buttons = read(choice_keyboard(CALLBACKS, "key", ["Moby", "Dick"], chat_id=1))
    assert buttons == {"Moby": (PICK, "key", "0"), "Dick": (PICK, "key", "1")}


def test_ten_options_stand_on_a_page_and_arrows_lead_to_the_others() -> None:
    names = [f"Whale {number}" for number in range(25)]
    buttons = read(choice_keyboard(CALLBACKS, "key", names, chat_id=1, page=1))
    assert list(buttons) == [*names[10:20], "◀", "▶"]
    assert (buttons["◀"], buttons["▶"]) == ((PICK_PAGE, "key", "0"), (PICK_PAGE, "key", "2"))
    assert buttons["Whale 10"] == (PICK, "key", "10")
    assert "▶" not in read(choice_keyboard(CALLBACKS, "key", names, chat_id=1, page=2))


def test_it_carries_the_key_of_what_was_before() -> None:
    keyboard = undo_keyboard(CALLBACKS, "key", chat_id=1)
    assert keyboard is not None
    button = keyboard.inline_keyboard[0][0]
    callback = CALLBACKS.read(str(button.callback_data), chat_id=1, user_id=1)
    assert (button.text, callback.verb, callback.arguments) == ("↩️ Undo", UNDO, ("key",))


def test_without_a_key_there_is_no_button() -> None:
    assert undo_keyboard(CALLBACKS, None, chat_id=1) is None
    assert undo_keyboard(CALLBACKS, "", chat_id=1) is None


@pytest.mark.parametrize(
    ("texts", "columns", "rows"),
    [
        (["• any •", "$100", "$1K", "$10K", "$100K"], 5, [5]),
        (["• Jupiter •", "Axiom", "GMGN", "Raydium", "None"], 5, [3, 2]),
        (["• DexScreener •", "Birdeye", "None"], 4, [3]),
        (["• Explorer •", "Solscan", "SolanaFM", "None"], 4, [2, 2]),
        (["✅ 添加流动性", "✅ 买入", "✅ 卖出"], 3, [3]),
        (["✅ Добавление ликвидности", "✅ Заём", "✅ Обмен"], 3, [2, 1]),
        (["only one"], 5, [1]),
        ([], 3, []),
    ],
)
def test_so_many_stand_abreast_as_a_phone_shows_whole(
    texts: list[str], columns: int, rows: list[int]
) -> None:
    buttons = [InlineKeyboardButton(text, callback_data="x") for text in texts]
    laid = fitting_rows(buttons, columns)
    assert [len(row) for row in laid] == rows
    assert [button for row in laid for button in row] == buttons
