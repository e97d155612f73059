"""What became of alerts, for /why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.alerts.kinds import rules_of
from domain.chats import ChatTarget
from domain.delivery.facts import AlertHistory
from domain.patterns.found import Pattern, PatternSettings
from domain.rules.pattern_rehearsal import rehearse_patterns
from domain.rules.rehearsal import PastEvent, Rehearsal, rehearse
from domain.rules.rules import Watch
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.names import TokenNames
from runtime import clock
from storage.delivery import alert_history
from storage.market.tokens import CachedTokens, mints_called
from storage.patterns.ties import NO_TIES, Ties, ties_of
from storage.postgres import Connection, Database
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
        """Return which patterns the last week would have brought; perhaps some seconds old.

        What is muted now counts in none; where a tag is, the wallet counts with others.
        """
        now = clock.now()
        heard = [one for one in watches if one.muted_until is None or one.muted_until <= now]
        events = await self.replica.read(lambda database: alert_history.past_events(database, heard))
        alone = [one for one in heard if not _is_tag_muted(one, now)]
        stored = await self.replica.read(lambda database: alert_history.past_patterns(database, alone))
        ties = await self.replica.read(lambda database: self._ties(database, events))
        silent = {one.wallet for one in heard} - {one.wallet for one in alone}
        return rehearse_patterns(settings, events, stored=stored, owner_of=ties.owner_of, silent=silent)

    async def _ties(self, database: Database, events: Sequence[PastEvent]) -> Ties:
        """Whose the wallets of these events are, by all payments that were seen."""
        wallets = {one.activity.wallet for one in events}
        if not wallets:
            return NO_TIES

        async def work(connection: Connection) -> Ties:
            return await ties_of(connection, chain=self.chain, wallets=wallets, now=clock.unix())

        return await database.transaction(work)

    async def mints_called(self, target: ChatTarget, symbol: str) -> list[str]:
        """The mints with that symbol in recent alerts of the chat."""
        return await mints_called(self.database, chain=self.chain, chat_id=target.chat_id, symbol=symbol)

    async def why_unreadable(self, signature: str) -> str | None:
        """Why a transaction is in quarantine; None: it is not."""
        return await alert_history.why_unreadable(self.database, chain=self.chain, signature=signature)

    async def token_name(self, mint: str, *, locale: Locale = ENGLISH) -> str:
        """Return what a token is called, as Telegram HTML: its symbol, else its shortened mint."""
        found = await self.tokens.find([mint])
        symbols = {known: token.symbol for known, token in found.items()}
        return TokenNames(chain=self.chain, symbols=symbols, locale=locale).of(mint)

    async def symbols(self, history: AlertHistory) -> dict[str, str | None]:
        """The symbols of the alert's tokens, as far as they are known."""
        mints = set(rules_of(history.event).mints(history.event))
        found = await self.tokens.find(mints)
        return {mint: token.symbol for mint, token in found.items()}


def _is_tag_muted(watch: Watch, now: datetime) -> bool:
    ends = [watch.settings.muted_tags.get(tag) for tag in watch.tags]
    return any(end is not None and now < end for end in ends)
