"""A choice that carries on with a command: each button stands for one way to complete its words.

What the buttons stand for is kept in Redis for an hour; without Redis the person writes the words themselves.
"""

import msgspec

from bot.dialog.reply import Reply
from bot.dialog.request import Request
from bot.services.services import Services
from messaging.telegram.keyboards.choice import choice_keyboard
from messaging.telegram.texts.choice import write_one_of

CHOICE_SECONDS = 3_600


class Option(msgspec.Struct, frozen=True):
    """One thing to choose."""

    value: str
    """What stands in the command for it, such as an address."""
    name: str
    """What its button says."""


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """A command with a gap, and what may fill it."""

    command: str
    """Without slash."""
    before: str = ""
    """The words before the gap."""
    after: str = ""
    options: tuple[Option, ...]

    def words(self, index: int) -> str:
        """The command's words with this option in the gap."""
        return " ".join(part for part in (self.before, self.options[index].value, self.after) if part)


async def ask_choice(request: Request, services: Services, question: str, choice: Choice) -> Reply:
    """Ask which one is meant, with a button for each.

    Args:
        request: what the person asked.
        services: keep the choice.
        question: Telegram HTML.
        choice: what there is to choose.
    """
    chat_id = request.target.chat_id
    key = await services.memos.keep(chat_id, msgspec.json.encode(choice).decode(), seconds=CHOICE_SECONDS)
    if key is None:
        return Reply(text=write_one_of(question, choice.command, [choice.words(0), choice.words(-1)]))
    names = [option.name for option in choice.options]
    return Reply(text=question, keyboard=choice_keyboard(services.callbacks, key, names, chat_id=chat_id))


async def read_choice(services: Services, key: str, *, chat_id: int) -> Choice | None:
    """The choice behind a button; None: it is too old."""
    text = await services.memos.read(chat_id, key)
    return None if text is None else msgspec.json.decode(text, type=Choice)
