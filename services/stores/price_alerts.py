"""The price alerts of a chat and topic, as handlers see them."""

from collections.abc import Collection
from dataclasses import dataclass

from domain.chats import ChatTarget
from domain.tokens.price_alerts import PriceAlert
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.names import TokenNames
from storage.delivery.chat_alerts import delete_price_alert, price_alerts_of
from storage.market.tokens import CachedTokens
from storage.postgres import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceAlertStore:
    """Lists and deletes price alerts; a worker sets them, since it must know the price."""

    database: Database
    chain: str
    tokens: CachedTokens

    async def of(self, target: ChatTarget) -> list[PriceAlert]:
        """Those of a chat and topic, oldest first."""
        return await price_alerts_of(
            self.database, chat_id=target.chat_id, topic_id=target.topic_id, chain=self.chain
        )

    async def delete(self, target: ChatTarget, price_alert_id: int) -> PriceAlert | None:
        """Delete one; as it was, or None: it is gone already."""
        return await delete_price_alert(self.database, price_alert_id=price_alert_id, chat_id=target.chat_id)

    async def names(self, mints: Collection[str], *, locale: Locale = ENGLISH) -> dict[str, str]:
        """Return what tokens are called, as Telegram HTML."""
        found = await self.tokens.find(mints)
        symbols = {mint: one.symbol for mint, one in found.items()}
        words = TokenNames(chain=self.chain, symbols=symbols, locale=locale)
        return {mint: words.of(mint) for mint in mints}
