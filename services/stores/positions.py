"""What followed wallets have made, for /wallet and /pnl."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from domain.chats import ChatTarget
from domain.positions.holdings import Holding
from domain.tokens.candles import Candle
from domain.tokens.market_price import TokenPrice
from runtime import clock
from storage.delivery.chat_history import PastAlert, PastAlertQuery, PastPage, page_before, past_alerts
from storage.market.alert_outcomes import PastOutcome, outcomes_of_chat
from storage.market.candles import candles, traded_prices
from storage.market.dollars import sol_usd_now
from storage.market.gains import Gains, gains_since
from storage.market.history import HistoryProgress, history_progress
from storage.market.positions import positions_of
from storage.market.tokens import CachedTokens, Token
from storage.postgres import Database
from storage.replica import Replica


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionStore:
    """The positions of wallets, and what is known of their tokens."""

    database: Database
    replica: Replica
    chain: str
    tokens: CachedTokens

    async def of(self, wallets: Sequence[str]) -> dict[str, dict[str, Holding]]:
        """By wallet and mint."""
        return await positions_of(self.database, chain=self.chain, wallets=wallets)

    async def gains(self, wallets: Sequence[str], *, seconds: float) -> dict[str, Gains]:
        """What the sales of the last seconds gained; a wallet without sales is missing."""
        return await gains_since(self.database, chain=self.chain, wallets=wallets, seconds=seconds)

    async def past_alerts(
        self, watch_ids: Sequence[int], *, mint: str | None, after: int, limit: int, days: int = 36_500
    ) -> list[PastAlert]:
        """What the wallets of these watches did in so many days, the latest first; perhaps some seconds old.

        Args:
            watch_ids: whose wallets.
            mint: only what moved this token; None: all.
            after: how many of the latest are left out.
            limit: how many at most.
            days: how far back.
        """
        asked = PastAlertQuery(watch_ids=watch_ids, mint=mint, after=after, limit=limit, days=days)
        return await self.replica.read(lambda database: past_alerts(database, asked))

    async def token_history(
        self, watch_ids: Sequence[int], *, mint: str, before: int, limit: int
    ) -> PastPage:
        """What the wallets of these watches did with a token before an alert; perhaps some seconds old.

        Args:
            watch_ids: whose wallets.
            mint: of the token.
            before: the number of the alert.
            limit: how many at most.
        """
        return await self.replica.read(
            lambda database: page_before(database, watch_ids, mint=mint, before=before, limit=limit)
        )

    async def alert_outcomes(
        self, target: ChatTarget, watch_ids: Sequence[int] | None, *, days: int
    ) -> list[PastOutcome]:
        """How purchases that a chat was alerted on turned out; perhaps some seconds old.

        Args:
            target: chat and topic.
            watch_ids: whose alerts; None: of all, also of wallets that the chat has given up since.
            days: how far back.
        """
        return await self.replica.read(
            lambda database: outcomes_of_chat(
                database,
                chain=self.chain,
                chat_id=target.chat_id,
                topic_id=target.topic_id,
                watch_ids=watch_ids,
                days=days,
            )
        )

    async def history(self, wallet: str) -> HistoryProgress | None:
        """How far the reading of what it did before is; None: it has not begun."""
        return await history_progress(self.database, chain=self.chain, wallet=wallet)

    async def sol_usd(self) -> Decimal | None:
        """Dollars for one SOL now; None: no price is believed."""
        return await sol_usd_now(self.database, chain=self.chain)

    async def known_tokens(self, mints: Sequence[str]) -> Mapping[str, Token]:
        """Names and decimals of tokens."""
        return await self.tokens.find(mints)

    async def candles(self, mint: str, *, seconds: int, hours: int) -> list[Candle]:
        """The candles of a token within so many hours, oldest first; `seconds` each: 60 or 3600.

        Args:
            mint: the token.
            seconds: the length of a candle; no other than 60 and 3600 is stored.
            hours: how far back from now.
        """
        since = clock.now() - timedelta(hours=hours)
        return await candles(self.database, chain=self.chain, mint=mint, seconds=seconds, since=since)

    async def prices(self, mints: Sequence[str]) -> Mapping[str, TokenPrice]:
        """What trades showed recently of these tokens."""
        return await traded_prices(self.database, chain=self.chain, mints=mints)
