"""What the people of a chat hold themselves, as handlers see it; read-only, by address."""

from dataclasses import dataclass

from domain.chats import ChatTarget, OwnWallet
from services.people import ChatStore
from storage.chats import own_wallets
from storage.postgres import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnWalletStore:
    """The own addresses of chats and topics."""

    database: Database
    chain: str
    chats: ChatStore

    async def of(self, target: ChatTarget) -> list[OwnWallet]:
        """Those of a chat and topic, the oldest first."""
        return await own_wallets.own_wallets(
            self.database, chat_id=target.chat_id, topic_id=target.topic_id, chain=self.chain
        )

    async def add(self, target: ChatTarget, address: str) -> bool:
        """Note one; False: there are as many as there may be, or it is noted already."""
        await self.chats.open(target)
        return await own_wallets.add_own_wallet(
            self.database,
            chat_id=target.chat_id,
            topic_id=target.topic_id,
            chain=self.chain,
            address=address,
        )

    async def remove(self, target: ChatTarget, address: str) -> bool:
        """Forget one; return whether it was there."""
        return await own_wallets.remove_own_wallet(
            self.database,
            chat_id=target.chat_id,
            topic_id=target.topic_id,
            chain=self.chain,
            address=address,
        )
