"""Alerts of a chat for programs: pages of them, and what appears."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from domain.alerts.published import AlertRecord, PublishedAlert, mints_of, published
from domain.chats import ChatTarget
from storage.market.tokens import CachedTokens
from storage.postgres import Database
from storage.web import alert_feed
from storage.web.alert_feed import FeedCursor, FeedPage
from storage.web.chat_deliveries import ChatDelivery, chat_deliveries, chat_delivery


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertFeed:
    """Reads alerts that chats wanted, as programs read them."""

    database: Database
    tokens: CachedTokens

    async def page(self, target: ChatTarget, *, before: int, limit: int) -> list[PublishedAlert]:
        """The latest of a chat and topic, those of deliveries numbered below `before`.

        Args:
            target: chat and topic.
            before: a delivery id, exclusive: the last one of the page before.
            limit: how many at most.
        """
        records = await alert_feed.wanted_alerts(
            self.database, chat_id=target.chat_id, topic_id=target.topic_id, before=before, limit=limit
        )
        return await self.published(records)

    async def one(self, target: ChatTarget, delivery_id: int) -> PublishedAlert | None:
        """One of the chat's; None: it has none of that number."""
        record = await alert_feed.wanted_alert(self.database, delivery_id=delivery_id, chat_id=target.chat_id)
        return None if record is None else (await self.published([record]))[0]

    async def deliveries(self, target: ChatTarget, *, before: int, limit: int) -> list[ChatDelivery]:
        """Return what became of each alert, the latest first, those numbered below `before`.

        Args:
            target: chat and topic.
            before: a delivery id, exclusive: the last one of the page before.
            limit: how many at most.
        """
        return await chat_deliveries(
            self.database, chat_id=target.chat_id, topic_id=target.topic_id, before=before, limit=limit
        )

    async def delivery(self, target: ChatTarget, delivery_id: int) -> ChatDelivery | None:
        """Return what became of one alert; None: the chat has none of that number."""
        return await chat_delivery(self.database, delivery_id=delivery_id, chat_id=target.chat_id)

    async def present(self) -> FeedCursor:
        """The cursor after everything that can be seen now."""
        return await alert_feed.present(self.database)

    async def appeared(self, cursor: FeedCursor, chat_ids: Collection[int]) -> FeedPage:
        """Return what these chats wanted since a cursor."""
        return await alert_feed.appeared(self.database, cursor, chat_ids)

    async def published(self, records: Sequence[AlertRecord]) -> list[PublishedAlert]:
        """The alerts with the symbols of their tokens."""
        mints = {mint for record in records for mint in mints_of(record)}
        found = await self.tokens.find(mints)
        symbols = {mint: token.symbol for mint, token in found.items()}
        return [published(record, symbols) for record in records]
