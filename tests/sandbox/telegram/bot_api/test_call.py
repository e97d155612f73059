"""A call finds the chat it is about."""

import pytest

from sandbox.telegram.bot_api.call import Call, find_room
from sandbox.telegram.bot_api.params import Params
from sandbox.telegram.chats.people import People
from sandbox.telegram.chats.state import ServerState
from sandbox.telegram.config import TelegramConfig
from sandbox.telegram.errors import ApiError


@pytest.fixture
def people() -> People:
    state = ServerState(TelegramConfig(users=(), groups=()))
    return People(state, state.bots.first)


def test_a_chat_is_named_by_its_id(people: People) -> None:
    user = people.add_user("Alice", started=True)
    for chat_id in (user.id, str(user.id)):
        call = Call(state=people.state, bot=people.bot, params=Params({"chat_id": chat_id}), received_ms=1)
        assert call.room().chat.id == user.id


@pytest.mark.parametrize(
    ("chat_id", "description"),
    [
        ("", "Bad Request: chat_id is empty"),
        (5, "Bad Request: chat not found"),
        ("@nobody", "Bad Request: chat not found"),
    ],
)
def test_a_chat_that_is_not_there_is_refused(people: People, chat_id: object, description: str) -> None:
    with pytest.raises(ApiError, match=description):
        find_room(people.bot, Params({"chat_id": chat_id}))
