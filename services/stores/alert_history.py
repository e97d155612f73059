"""What became of alerts, for /why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.alerts.kinds import rules_of
from domain.chats import ChatTarget
from domain.delivery.facts import AlertHistory
from domain.patterns.found import Pattern, PatternSettings
from domain.rules.pattern_rehearsal import rehearse_patterns
from domain.rules.rehearsal import Rehearsal, rehearse
from domain.rules.rules import Watch
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.names import TokenNames
from storage.delivery import alert_history
from storage.market.tokens import CachedTokens, mints_called
from storage.postgres import Database
from storage.replica import Replica


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertHistoryStore:
    """The history of alerts for one chat and topic."""

    database: Database
    replica: Replica
    chain: str
    tokens: CachedTokens

    async def of_message(self, target: ChatTarget, message_id: int) -> AlertHistory | None:
        """Of the alert in one of the bot's messages."""
        return await alert_history.history_of_message(
            self.database, chat_id=target.chat_id, topic_id=target.topic_id, message_id=message_id
        )

    async def position_of_message(self, target: ChatTarget, message_id: int) -> list[AlertHistory]:
        """The events of the position that one of the bot's messages tells; empty: it tells one event."""
        return await alert_history.position_of_message(
            self.database, chat_id=target.chat_id, topic_id=target.topic_id, message_id=message_id
        )

    async def of_transaction(self, target: ChatTarget, signature: str) -> AlertHistory | None:
        """Of a transaction."""
        return await alert_history.history_of_transaction(
            self.database, chat_id=target.chat_id, topic_id=target.topic_id, signature=signature
        )

    async def of_wallet(self, target: ChatTarget, wallet: str) -> AlertHistory | None:
        """Of the latest alert of a wallet."""
        return await alert_history.history_of_wallet(
            self.database, chat_id=target.chat_id, topic_id=target.topic_id, wallet=wallet, chain=self.chain
        )

    async def of_token(self, target: ChatTarget, mint: str) -> AlertHistory | None:
        """Of the latest alert with a token."""
        return await alert_history.history_of_token(
            self.database, chat_id=target.chat_id, topic_id=target.topic_id, mint=mint
        )

    async def rehearsal(self, watches: Sequence[Watch]) -> Rehearsal:
        """What the last week would have brought by the rules of these watches; perhaps some seconds old."""
        events = await self.replica.read(lambda database: alert_history.past_events(database, watches))
        return rehearse({watch.watch_id: watch for watch in watches}, events)

    async def patterns(self, watches: Sequence[Watch], settings: PatternSettings) -> Mapping[Pattern, int]:
        """Which patterns the last week would have brought; perhaps some seconds old."""
        events = await self.replica.read(lambda database: alert_history.past_events(database, watches))
        return rehearse_patterns(settings, events)

    async def mints_called(self, target: ChatTarget, symbol: str) -> list[str]:
        """The mints with that symbol in recent alerts of the chat."""
        return await mints_called(self.database, chain=self.chain, chat_id=target.chat_id, symbol=symbol)

    async def why_unreadable(self, signature: str) -> str | None:
        """Why a transaction is in quarantine; None: it is not."""
        return await alert_history.why_unreadable(self.database, chain=self.chain, signature=signature)

    async def token_name(self, mint: str, *, locale: Locale = ENGLISH) -> str:
        """What a token is called, as Telegram HTML: its symbol, else its shortened mint."""
        found = await self.tokens.find([mint])
        symbols = {known: token.symbol for known, token in found.items()}
        return TokenNames(chain=self.chain, symbols=symbols, locale=locale).of(mint)

    async def symbols(self, history: AlertHistory) -> dict[str, str | None]:
        """The symbols of the alert's tokens, as far as they are known."""
        mints = set(rules_of(history.event).mints(history.event))
        found = await self.tokens.find(mints)
        return {mint: token.symbol for mint, token in found.items()}
