"""Second copies of what the bot says: how many there may be, and that they say so."""

from collections.abc import Awaitable, Callable

from bot.dialog.update_context import current_update
from domain.delivery.results import SendResult, SendStatus
from messaging.languages.locale import ENGLISH
from messaging.telegram.texts.alert import POSSIBLE_REPEAT
from runtime.deadlines import TaskLimit
from runtime.observability import metrics

_MAY_HAVE_ARRIVED = frozenset({SendStatus.ACCEPTED, SendStatus.AMBIGUOUS})


async def twice(call: Callable[[], Awaitable[SendResult]]) -> SendResult:
    """Once more where the answer does not come: what is done again is done once."""
    result = await call()
    return await call() if result.status is SendStatus.AMBIGUOUS else result


async def in_time(call: Awaitable[SendResult], limit: TaskLimit) -> SendResult:
    """What comes of a call; one that is not answered within the limit may have been executed."""
    try:
        with limit:
            return await call
    except TimeoutError:
        return SendResult(status=SendStatus.AMBIGUOUS, reason="no answer in time")


async def counting_copies(sending: Awaitable[SendResult]) -> SendResult:
    """One more copy may reach the chat, however the call ends, unless its result says that it did not."""
    update_context = current_update()
    if update_context is not None:
        update_context.sent += 1
    result = await sending
    if update_context is not None and result.status not in _MAY_HAVE_ARRIVED:
        update_context.sent -= 1
    return result


def marked(text: str) -> str:
    """The text of a second copy."""
    metrics.telegram_fallbacks.labels("second_copy").inc()
    context = current_update()
    locale = ENGLISH if context is None else context.locale
    return f"{locale.gettext(POSSIBLE_REPEAT)}\n{text}"
