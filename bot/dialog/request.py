"""Request and Reply: what a handler gets and returns, as values. Handlers know no updates of Telegram.

`bot/dispatcher.py` makes the request and carries out the reply.
"""

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import msgspec
from telegram import ForceReply, InlineKeyboardMarkup

from bot.dialog.update import CallbackQuery, Message, SentFile
from domain.chats import ChatTarget
from domain.jobs import QuestionKind
from messaging.languages.locale import ENGLISH, Locale
from storage.chats.sessions import Session

_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,64})(?:@([A-Za-z0-9_]{1,64}))?(?=\s|$)")
Keyboard = InlineKeyboardMarkup | ForceReply


class Request(msgspec.Struct, frozen=True, kw_only=True):
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
    file: SentFile | None = None
    """What the person sent; None: only words."""
    bot: str = ""
    """The bot's own name, without @."""
    language: str = ""
    """Of the person's client, an IETF tag; empty: not said."""
    locale: Locale = ENGLISH
    """In which the chat reads."""
    is_read_only: bool = False
    """The person may look at the settings and not change them."""

    @property
    def buttons(self) -> InlineKeyboardMarkup | None:
        """The buttons under the message, as Telegram sent them back."""
        return InlineKeyboardMarkup.de_json(json.loads(self.markup)) if self.markup else None


class Command(msgspec.Struct, frozen=True, kw_only=True):
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


def request_of(
    asked: Message | CallbackQuery,
    session: Session | None = None,
    command: Command | None = None,
    *,
    bot: str = "",
) -> Request:
    """Return what an update asks.

    Args:
        asked: the message or the pressed button.
        session: the bot's question to this person; None: it was not read.
        command: in the message; None: there is none.
        bot: the bot's own name, without @.
    """
    words = asked.text if isinstance(asked, Message) else ""
    return Request(
        update_id=asked.update_id,
        target=asked.target,
        user_id=asked.user_id,
        message_id=asked.message_id,
        command="" if command is None else command.name,
        words=words if command is None else command.words,
        reply_to=asked.reply_to if isinstance(asked, Message) else 0,
        file=asked.file if isinstance(asked, Message) else None,
        language=asked.language if isinstance(asked, Message) else "",
        session=session,
        bot=bot,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowQuestion:
    """A question for a worker, who puts the answer in place of the reply."""

    kind: QuestionKind
    subject: str
    """The address or mint that it is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file that goes with the reply."""

    name: str
    content: bytes
    """Not empty."""
    caption: str = ""
    """Plain text."""
    is_picture: bool = False
    """It is shown, not offered to be downloaded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherMessage:
    """What another chat is to read."""

    target: ChatTarget
    text: str
    """Telegram HTML."""
    keyboard: Keyboard | None = None


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What the bot sends. An empty reply sends nothing."""

    text: str = ""
    """Telegram HTML; empty: no message."""
    keyboard: Keyboard | None = None
    rich: str = ""
    """The same as HTML of rich messages, where the chat wants that; empty: the text alone."""
    in_place: bool = False
    """Edit the message whose button was pressed; without a text only its buttons."""
    pressed: InlineKeyboardMarkup | None = None
    """What stands from now on under the message whose button was pressed, where the reply is another one."""
    note: str = ""
    """A few words over the pressed button; plain text, 200 characters at most."""
    reply_to: int = 0
    """The message that it is about; 0: none. In a group it replies to the request then."""
    question: SlowQuestion | None = None
    document: Document | None = None
    as_private_reply: bool = False
    """The person who pressed alone is to see it, where Telegram can do that."""
    is_misunderstood: bool = False
    """The message asked for nothing that is known; another wording of it is handled, too."""
    others: tuple[OtherMessage, ...] = ()
    """What other chats read then; if one cannot be reached, that is no matter."""
    when_sent: Callable[[int], Awaitable[None]] | None = None
    """Told the number of the message that was sent, where Telegram said it."""
    then: Callable[[], Awaitable["Reply"]] | None = None
    """Does what takes seconds, once this reply is sent; what it returns takes this reply's place."""


NO_REPLY = Reply()
