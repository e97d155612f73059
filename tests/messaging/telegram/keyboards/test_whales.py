"""The buttons of scan sessions and whales."""

from dataclasses import replace

from domain.whale_search import WhaleSearchStatus
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.keyboards.whales import search_keyboard, whales_keyboard
from tests.messaging.telegram.whale_samples import SEARCH, whale

CALLBACKS = Callbacks("1:token")
ADDRESS = "7vfCXTUXx5WJV5JADk17DUJ4ksgau7utNKj4b963voxs"


def test_only_a_running_one_can_be_stopped() -> None:
    running = search_keyboard(CALLBACKS, SEARCH, chat_id=1).inline_keyboard[0]
    assert [button.text for button in running] == ["🔄 Refresh", "⏹ Stop", "📄 CSV"]
    ended = replace(SEARCH, status=WhaleSearchStatus.EXPIRED)
    assert [b.text for b in search_keyboard(CALLBACKS, ended, chat_id=1).inline_keyboard[0]] == [
        "🔄 Refresh",
        "📄 CSV",
    ]


def test_each_whale_can_be_followed_and_pages_turned_where_there_are_more() -> None:
    def arrows(page: int, total: int) -> list[str]:
        keyboard = whales_keyboard(CALLBACKS, [whale(ADDRESS)], chat_id=1, page=page, total=total)
        first, *rest = keyboard.inline_keyboard
        assert first[0].text == "🐋 Follow 7vfC…voxs"
        callback = CALLBACKS.read(str(first[0].callback_data), chat_id=1, user_id=5)
        assert (callback.verb, callback.arguments) == ("follow", (ADDRESS,))
        return [button.text for row in rest for button in row]

    assert arrows(0, 1) == []
    assert arrows(0, 6) == ["▶"]
    assert arrows(1, 11) == ["◀", "▶"]
    assert arrows(2, 11) == ["◀"]
