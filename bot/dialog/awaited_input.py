"""Asking back: the next message of this person is taken for the answer. Without memory one line must do."""

from enum import StrEnum

from bot.dialog.reply import Reply
from bot.dialog.request import Request
from bot.services.services import Services
from messaging.telegram.keyboards.watches import answer_field
from messaging.telegram.texts import help as help_texts
from storage.chats.sessions import Session


class Awaiting(StrEnum):
    """What the next message is taken for."""

    WATCH = "watch"
    """An address to follow."""
    BALANCE = "balance"
    """An address or name to read the balance of."""
    SCAN = "scan"
    """A mint to scan."""
    LABEL = "label"
    """A name for the watch that the conversation is about."""


EXAMPLES = {
    Awaiting.WATCH: "/watch ADDRESS name",
    Awaiting.BALANCE: "/balance ADDRESS",
    Awaiting.SCAN: "/scan MINT",
    Awaiting.LABEL: "/rename ADDRESS new name",
}


async def ask_back(
    request: Request, services: Services, awaiting: Awaiting, question: str, *, about: str = ""
) -> Reply:
    """Ask a question whose answer is the person's next message."""
    session = Session(awaiting=awaiting.value, about=about)
    if not await services.sessions.write(request.target.chat_id, request.user_id, session):
        return Reply(text=help_texts.one_line(EXAMPLES[awaiting]))
    field = None if request.target.is_private else answer_field(EXAMPLES[awaiting].partition(" ")[2])
    return Reply(text=question, keyboard=field)
