"""The tokens of which chats follow all trades, as handlers see them."""

from dataclasses import dataclass

from domain.chats import ChatTarget
from domain.tokens.token_trades import FollowedToken
from services.people import ChatStore
from storage.patterns import token_trades
from storage.postgres import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenTradeStore:
    """The followed tokens of chats and topics."""

    database: Database
    chain: str
    chats: ChatStore

    async def of(self, target: ChatTarget) -> list[FollowedToken]:
        """Those of a chat and topic."""
        return await token_trades.followed_tokens(
            self.database, chat_id=target.chat_id, topic_id=target.topic_id, chain=self.chain
        )

    async def follow(self, target: ChatTarget, token: FollowedToken) -> bool:
        """Follow a token's trades; False: there are as many as there may be, here or at all."""
        await self.chats.open(target)
        return await token_trades.follow_token(
            self.database, chat_id=target.chat_id, topic_id=target.topic_id, chain=self.chain, token=token
        )

    async def is_full_for(self, mint: str) -> bool:
        """Whether all chats together follow as many tokens as they may, and this one is none of them."""
        return await token_trades.is_full_for(self.database, chain=self.chain, mint=mint)

    async def end(self, target: ChatTarget, mint: str) -> bool:
        """Follow them no longer; return whether they were followed."""
        return await token_trades.unfollow_token(
            self.database, chat_id=target.chat_id, topic_id=target.topic_id, chain=self.chain, mint=mint
        )
