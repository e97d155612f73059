"""/alerts, and the buttons below operator alerts."""

from datetime import UTC, datetime

from bot.dialog.request import Reply, Request
from domain.people import Act
from messaging.telegram.texts import operator_alerts as texts
from runtime.clock import now
from services.services import Services

ENDED = 5
"""Alerts that are over which are shown."""
SILENCE_SECONDS = 3_600.0


async def alerts(request: Request, services: Services) -> Reply:
    """List what lasts, and what ended within a day."""
    del request
    known = services.operator_alerts
    lasting, ended = await known.lasting(), await known.ended(ENDED)
    return Reply(text=texts.alerts_text(lasting, ended, runbook=known.runbook, now=now()))


async def alerts_callback(request: Request, services: Services) -> Reply:
    """Take on, or silence, what the message told."""
    action, moment = request.arguments
    announced_at = datetime.fromtimestamp(int(moment), tz=UTC)
    known = services.operator_alerts
    if action == "taken":
        number = await known.acknowledge(announced_at, request.user_id)
        note = texts.acknowledged_text(number)
    else:
        number = await known.silence(announced_at, SILENCE_SECONDS)
        note = texts.silenced_text(number)
    await services.audit.note(
        Act(
            update_id=request.update_id,
            actor_id=request.user_id,
            chat_id=request.target.chat_id,
            act="alerts",
            about=f"{action}: {number}",
        )
    )
    return Reply(note=note)
