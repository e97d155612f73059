"""An alert in a chat, as the notifications worker sends it."""

from messaging.telegram.methods import Markup, Message, Methods
from sandbox.telegram.ledger import Entry
from tests.bot.conftest import TOKEN, TelegramChats


async def send_alert(chats: TelegramChats, chat_id: int, keyboard: Markup | None) -> Entry:
    """Send an alert with these buttons."""
    seq = chats.telegram.ledger.last
    methods = Methods(TOKEN, chats.telegram.url)
    await methods.open()
    await methods.send(Message(chat_id=chat_id, text="🟢 Moby bought", keyboard=keyboard))
    await methods.close()
    return await chats.next_entry(chat_id, seq)
