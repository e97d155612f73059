"""/queues, /retryfailed: for operators."""

from bot.dialog.reply import Reply
from bot.dialog.request import Request
from bot.services.failed_jobs import Failure
from bot.services.services import Services
from domain.errors import QueueUnavailable
from messaging.telegram.keyboards.queues import ALL, retry_keyboard
from messaging.telegram.texts import queues as texts
from messaging.telegram.texts.queues import FailureFigures, QueueFigures


async def queues(request: Request, services: Services) -> Reply:
    """Tell how each queue stands."""
    del request
    try:
        states = await services.failures.queues()
    except QueueUnavailable:
        return Reply(text=texts.queues_away())
    now = await services.system_status.snapshot()
    shown = [
        QueueFigures(
            name=one.queue.value,
            waiting=one.waiting,
            oldest_seconds=one.oldest_seconds,
            running=one.running,
            failed=one.failed,
            workers=one.workers,
        )
        for one in states
    ]
    return Reply(
        text=texts.queues_text(
            shown, due=now.deliveries_due, oldest_seconds=now.oldest_due_seconds, dead=now.dead_of_day
        )
    )


async def retry_failed(request: Request, services: Services) -> Reply:
    """Show what failed, by cause, and ask whether to try it again."""
    found = await services.failures.failures(request.words.strip())
    keyboard = retry_keyboard(
        services.callbacks,
        [(one.key, one.number) for one in found],
        chat_id=request.target.chat_id,
        user_id=request.user_id,
    )
    return Reply(text=texts.failures_text([_figures(one) for one in found]), keyboard=keyboard)


async def retry_callback(request: Request, services: Services) -> Reply:
    """Try again what the button names."""
    key = request.arguments[0]
    meant = [one for one in await services.failures.failures() if key in {one.key, ALL}]
    outcome = await services.failures.retry(meant)
    about = ", ".join(f"{one.queue}: {one.cause}" for one in meant) or "nothing"
    await services.audit.note(
        "retryfailed",
        "done",
        actor_id=request.user_id,
        chat_id=request.target.chat_id,
        about=f"{outcome.done} of {about}",
    )
    left = sum(one.number for one in await services.failures.failures() if key in {one.key, ALL})
    text = texts.retried_text(
        done=outcome.done, expired=outcome.expired, refused=outcome.refused, left=left - outcome.refused
    )
    return Reply(text=text, in_place=True)


def _figures(failure: Failure) -> FailureFigures:
    return FailureFigures(queue=failure.queue, cause=failure.cause, number=failure.number)
