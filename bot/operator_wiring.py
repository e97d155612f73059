"""Assembles the operator alerts; `bot/wiring.py` runs them."""

import functools
from datetime import datetime

from bot.connections import Servers
from bot.dialog.responder import Responder
from bot.operator_alerts import AlertMemory, Audience, OperatorAlerts, SystemReports, is_announcer
from domain.chats import ChatKind, ChatTarget
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.keyboards.queues import alert_keyboard
from runtime.settings.settings import Settings
from services.system_status import SystemStatus


def make_operator_alerts(
    settings: Settings, servers: Servers, responder: Responder, status: SystemStatus
) -> OperatorAlerts:
    """Return the operator alerts.

    Args:
        settings: name them.
        servers: keep what was announced.
        responder: sends.
        status: is judged.
    """
    callbacks = Callbacks(settings.bot_token.reveal())

    async def send(operator: int, text: str, announced_at: datetime | None) -> None:
        target = ChatTarget(chat_id=operator, kind=ChatKind.PRIVATE)
        buttons = None
        if announced_at is not None:
            buttons = alert_keyboard(callbacks, announced_at, chat_id=operator, user_id=operator)
        await responder.send(target, text, buttons)

    return OperatorAlerts(
        SystemReports(components=status.components, losses=status.losses, discoveries=status.discoveries),
        Audience(
            operators=settings.admin_ids,
            send=send,
            may_announce=functools.partial(is_announcer, servers.database, settings.instance_id),
            judges=settings.operator_alerts == "telegram",
            runbook=settings.runbook_url,
        ),
        AlertMemory(servers.database),
    )
