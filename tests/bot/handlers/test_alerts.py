"""/alerts for operators, and the buttons below an alert."""

from datetime import UTC, datetime

import pytest

from domain.operator_alerts import AlertLevel, OperatorAlert
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.keyboards.queues import alert_keyboard
from messaging.telegram.methods import Message, Methods
from sandbox.telegram.shapes import User
from storage.admin.operator_alerts import open_alerts, save_alerts
from storage.postgres import Database
from tests.bot.conftest import OPERATOR, TOKEN, TelegramChats

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]
AT = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)
CHAIN = OperatorAlert(name="Chain", level=AlertLevel.CRITICAL, sentence="no block", since=AT, announced_at=AT)


async def test_an_operator_sees_what_lasts_and_nobody_else_does(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    chats.telegram.people.add_user("Olga", user_id=OPERATOR)
    assert "No alert" in await chats.ask(OPERATOR, "/alerts")
    await save_alerts(database, [CHAIN])
    assert "Chain (critical), since 03:00 UTC: no block" in await chats.ask(OPERATOR, "/alerts")
    assert "Operators only" in await chats.ask(alice.id, "/alerts")


def test_the_buttons_name_the_moment_and_are_for_one_operator() -> None:
    callbacks = Callbacks(TOKEN)
    (row,) = alert_keyboard(callbacks, AT, chat_id=7, user_id=7).inline_keyboard
    read = [callbacks.read(str(button.callback_data), chat_id=7, user_id=7) for button in row]
    assert [one.arguments for one in read] == [("taken", "1795834800"), ("silent", "1795834800")]


async def test_a_button_takes_on_or_silences_what_the_message_said(
    chats: TelegramChats, database: Database
) -> None:
    chats.telegram.people.add_user("Olga", user_id=OPERATOR, started=True)
    await save_alerts(database, [CHAIN])
    keyboard = alert_keyboard(Callbacks(TOKEN), AT, chat_id=OPERATOR, user_id=OPERATOR)
    methods = Methods(TOKEN, chats.telegram.url)
    await methods.open()
    await methods.send(Message(chat_id=OPERATOR, text="Down: Chain", keyboard=keyboard))
    await methods.close()
    (entry,) = chats.telegram.ledger.messages(OPERATOR)
    assert "You take care of it" in await chats.press(OPERATOR, entry, "✋ Acknowledge")
    assert "Silent for an hour" in await chats.press(OPERATOR, entry, "🔇 Silence 1 h")
    (alert,) = await open_alerts(database)
    assert alert.acknowledged_by == OPERATOR
    assert alert.silenced_until is not None
    await save_alerts(database, [])
    assert "over already" in await chats.press(OPERATOR, entry, "✋ Acknowledge")
