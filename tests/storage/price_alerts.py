"""A price alert that a chat waits for."""

from decimal import Decimal

from domain.chats import Chat, ChatKind
from domain.tokens.price_alerts import Condition, PriceAlert
from storage.chats.chats import saw_chat
from storage.delivery.chat_alerts import add_price_alert
from storage.postgres import Database
from tests.storage.sample_data import ALICE, CHAIN, MINT

WANTED = PriceAlert(
    price_alert_id=0,
    chat_id=ALICE,
    topic_id=0,
    chain=CHAIN,
    mint=MINT,
    condition=Condition.PERCENT,
    target=Decimal("0.1"),
    anchor=Decimal(1),
    is_armed=True,
)


async def waiting(database: Database, wanted: PriceAlert = WANTED, *, limit: int = 9) -> PriceAlert | None:
    await saw_chat(database, Chat(chat_id=wanted.chat_id, kind=ChatKind.PRIVATE, title="chat"))
    return await add_price_alert(database, wanted, limit=limit)
