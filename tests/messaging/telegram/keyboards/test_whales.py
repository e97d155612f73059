"""The buttons of whale searchs and whales."""

from dataclasses import replace

from telegram import InlineKeyboardMarkup

from domain.whale_search import WhalePage, WhaleSearchStatus
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.keyboards.whales import search_keyboard, whales_keyboard
from tests.messaging.telegram.whale_samples import SEARCH, whale

CALLBACKS = Callbacks("1:token")
ADDRESS = "7vfCXTUXx5WJV5JADk17DUJ4ksgau7utNKj4b963voxs"


def test_a_running_one_can_be_stopped_and_another_one_goes_on() -> None:
    assert words(search_keyboard(CALLBACKS, SEARCH, chat_id=1)) == [
        ["🔄 Refresh", "⏹ Stop", "📄 CSV"],
        ["🐋 Its finds"],
    ]
    failed = replace(SEARCH, status=WhaleSearchStatus.FAILED)
    assert words(search_keyboard(CALLBACKS, failed, chat_id=1))[0] == ["🔄 Refresh", "▶ Go on", "📄 CSV"]


def words(keyboard: InlineKeyboardMarkup) -> list[list[str]]:
    return [[button.text for button in row] for row in keyboard.inline_keyboard]


def test_what_one_search_found_can_be_turned_over_and_sent() -> None:
    page = WhalePage(whales=[whale(ADDRESS)], number=0, total=6, search_id=3)
    keyboard = whales_keyboard(CALLBACKS, page, chat_id=1)
    assert words(keyboard)[-1] == ["▶", "📄 CSV"]
    following, file = (
        CALLBACKS.read(str(button.callback_data), chat_id=1, user_id=5)
        for button in keyboard.inline_keyboard[-1]
    )
    assert (following.verb, following.arguments) == ("scanner", ("page", "3", "1"))
    assert (file.verb, file.arguments) == ("scanner", ("file", "3"))


def test_each_whale_can_be_followed_and_pages_turned_where_there_are_more() -> None:
    def arrows(page: int, total: int) -> list[str]:
        keyboard = whales_keyboard(
            CALLBACKS, WhalePage(whales=[whale(ADDRESS)], number=page, total=total), chat_id=1
        )
        first, *rest = keyboard.inline_keyboard
        assert first[0].text == "🐋 Follow 7vfC…voxs"
        callback = CALLBACKS.read(str(first[0].callback_data), chat_id=1, user_id=5)
        assert (callback.verb, callback.arguments) == ("follow", (ADDRESS,))
        return [button.text for row in rest for button in row]

    assert arrows(0, 1) == []
    assert arrows(0, 6) == ["▶"]
    assert arrows(1, 11) == ["◀", "▶"]
    assert arrows(2, 11) == ["◀"]
