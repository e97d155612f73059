"""/queues, /retryfailed: for operators."""

from bot.dialog.request import Reply, Request
from domain.errors import QueueUnavailable
from domain.people import Act
from messaging.telegram.keyboards.queues import ALL, retry_keyboard
from messaging.telegram.texts import queues as texts
from services.services import Services


async def queues(request: Request, services: Services) -> Reply:
    """Show the state of each queue."""
    try:
        states = await services.failures.queues()
    except QueueUnavailable:
        return Reply(text=texts.queues_unavailable())
    now = await services.system_status.snapshot()
    return Reply(
        text=texts.queues_text(
            states,
            due=now.deliveries_due,
            oldest_seconds=now.oldest_due_seconds,
            dead=now.dead_of_day,
            updates_given_up=now.updates_given_up,
            locale=request.locale,
        )
    )


async def retry_failed(request: Request, services: Services) -> Reply:
    """Show what failed, by cause, and ask whether to try it again."""
    found = await services.failures.find(request.words.strip())
    keyboard = retry_keyboard(
        services.callbacks,
        [(one.key, one.number) for one in found],
        chat_id=request.target.chat_id,
        user_id=request.user_id,
    )
    return Reply(text=texts.failures_text(found), keyboard=keyboard)


async def retry_callback(request: Request, services: Services) -> Reply:
    """Try again what the button names."""
    key = request.arguments[0]
    chosen = [one for one in await services.failures.find() if key in {one.key, ALL}]
    result = await services.failures.retry(chosen)
    about = ", ".join(f"{one.source}: {one.cause}" for one in chosen) or "nothing"
    await services.audit.note(
        Act(
            update_id=request.update_id,
            actor_id=request.user_id,
            chat_id=request.target.chat_id,
            act="retryfailed",
            about=f"{result.done} of {about}",
        )
    )
    left = sum(one.number for one in await services.failures.find() if key in {one.key, ALL})
    text = texts.retried_text(
        done=result.done, expired=result.expired, refused=result.refused, left=left - result.refused
    )
    return Reply(text=text, in_place=True)
