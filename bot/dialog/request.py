"""What a handler is asked: by whom, where, in which words. Handlers know no updates of Telegram."""

import re
from dataclasses import dataclass

from domain.chats import ChatTarget
from storage.chats.sessions import Session

_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,64})(?:@([A-Za-z0-9_]{1,64}))?(?=\s|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request of one person."""

    update_id: int
    target: ChatTarget
    user_id: int
    """0: nobody in particular, such as an anonymous admin."""
    message_id: int
    """The person's message, or the bot's message whose button was pressed."""
    command: str = ""
    """Without slash, in small letters; empty: none."""
    verb: str = ""
    """What the pressed button asks for; empty: no button was pressed."""
    words: str = ""
    """The text after the command; without a command the whole message."""
    arguments: tuple[str, ...] = ()
    """What the pressed button carries."""
    about: str = ""
    """What the bot's question was about, such as a watch."""
    reply_to: int = 0
    """The message that the person replies to; 0: none."""
    markup: bytes = b""
    """The buttons under the message, as JSON."""
    session: Session | None = None
    """The bot's question to this person as it was when they wrote; None: it was not read."""
    is_read_only: bool = False
    """The person may look at the settings and not change them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A message that begins with a slash."""

    name: str
    """In small letters."""
    bot: str
    """The bot it names after @, in small letters; empty: none."""
    words: str


def parse_command(text: str) -> Command | None:
    """The command in a message, if it begins with one."""
    found = _COMMAND.match(text)
    if found is None:
        return None
    name, bot = found.group(1).lower(), (found.group(2) or "").lower()
    return Command(name=name, bot=bot, words=text[found.end() :].strip())
