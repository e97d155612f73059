"""Follow-up questions: the person's next message is taken as the answer.

Without Redis there are no sessions, and the person writes everything on one line.
"""

from enum import StrEnum

from bot.dialog.request import Reply, Request
from domain.errors import Unavailable
from messaging.telegram.keyboards.watches import answer_field
from messaging.telegram.texts import help as help_texts
from services.services import Services
from storage.chats.sessions import Saved


class Awaiting(StrEnum):
    """What an open question asks for."""

    WATCH = "watch"
    """An address to follow."""
    BALANCE = "balance"
    """An address or name to read the balance of."""
    SCAN = "scan"
    """A mint to scan."""
    IMPORT = "import"
    """A list of wallets, or a file with one."""
    LABEL = "label"
    """A name for the watch that the session is about."""


EXAMPLES = {
    Awaiting.WATCH: ("/watch", "ADDRESS name"),
    Awaiting.BALANCE: ("/balance", "ADDRESS"),
    Awaiting.SCAN: ("/scan", "MINT"),
    Awaiting.IMPORT: ("/import", "ADDRESS name"),
    Awaiting.LABEL: ("/rename", "ADDRESS new name"),
}
"""The command that asks the same on one line, and what follows it."""


async def ask_follow_up(
    request: Request, services: Services, awaiting: Awaiting, question: str, *, about: str = ""
) -> Reply:
    """Ask a question whose answer is the person's next message.

    Args:
        request: what the person asked.
        services: keep the session.
        awaiting: what the next message is.
        question: Telegram HTML; how to answer and to cancel is added.
        about: what the handler needs to know when the answer comes, such as the id of a watch.

    Raises:
        Unavailable: another instance handles a later update of this person.
    """
    command, arguments = EXAMPLES[awaiting]
    before = request.session or await services.sessions.load(request.target.chat_id, request.user_id)
    saved = await services.sessions.save(before, awaiting=awaiting.value, about=about)
    if saved is Saved.CONFLICT:
        raise Unavailable("another instance has asked this person something meanwhile")
    if saved is Saved.AWAY:
        return Reply(text=help_texts.one_line(f"{command} {arguments}", locale=request.locale))
    if request.target.is_private:
        return Reply(text=f"{question} {help_texts.how_to_cancel(locale=request.locale)}")
    field = answer_field(arguments, selective=not request.verb)
    return Reply(text=f"{question} {help_texts.how_to_reply(locale=request.locale)}", keyboard=field)
