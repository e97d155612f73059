"""One call of the Bot API, and the chat it is about."""

from dataclasses import dataclass

from sandbox.telegram.bot_api.params import Params
from sandbox.telegram.chats.bots import Bot
from sandbox.telegram.chats.rooms import Room
from sandbox.telegram.chats.state import ServerState
from sandbox.telegram.errors import bad_request


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One Bot API call as its handler sees it."""

    state: ServerState
    bot: Bot
    params: Params
    received_ms: int

    def room(self) -> Room:
        """The chat that the call is about.

        Raises:
            ApiError: 400, there is none.
        """
        return find_room(self.bot, self.params)


def find_room(bot: Bot, params: Params) -> Room:
    """The chat that `chat_id` names, a number or @name.

    Raises:
        ApiError: 400, there is none.
    """
    chat_id = params.integer("chat_id")
    if chat_id is None:
        name = params.text("chat_id")
        if not name:
            raise bad_request("chat_id is empty")
        wanted = name.removeprefix("@").lower()
        named = (one for one in bot.rooms.values() if (one.chat.username or "").lower() == wanted)
        room = next((one for one in named if not one.private), None) if name.startswith("@") else None
    else:
        room = bot.rooms.get(chat_id)
    if room is None:
        raise bad_request("chat not found")
    return room
