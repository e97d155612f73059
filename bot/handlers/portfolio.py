"""/portfolio: the total holdings of all followed wallets, read by a worker."""

from bot.dialog.request import Reply, Request, SlowQuestion
from domain.jobs import QuestionKind
from messaging.telegram.texts.balance import no_portfolio, reading_portfolio
from services.services import Services


async def portfolio(request: Request, services: Services) -> Reply:
    """Read all wallets of this chat or topic."""
    watches = await services.watches.of(request.target)
    if not watches:
        return Reply(text=no_portfolio(locale=request.locale))
    await services.chats.open(request.target)
    return Reply(
        text=reading_portfolio(len(watches), locale=request.locale),
        question=SlowQuestion(kind=QuestionKind.PORTFOLIO, subject=""),
    )
