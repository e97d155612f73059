"""The paper campaigns of a chat: who may have how many, and what they have come to."""

from dataclasses import dataclass

from domain.chats import ChatTarget
from domain.errors import BadInput
from domain.paper.plan import Plan
from domain.paper.stored import CampaignStatus, StoredCampaign, StoredFill
from messaging.telegram.texts.paper import not_changed, too_many_campaigns
from storage.chats.tiers import tier_of
from storage.market.campaigns import campaign_fills, campaigns_of, set_campaign_status, start_campaign
from storage.market.tokens import CachedTokens
from storage.postgres import Database

MAX_CAMPAIGNS = 5
"""Of a chat, at a time, that run or pause."""
LIMITS = {"free": 2}
"""The same by tier, where it is another."""
MAX_FILLS = 15
MAX_LISTED = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignStore:
    """Starts, changes and shows campaigns."""

    database: Database
    chain: str
    tokens: CachedTokens

    async def start(self, target: ChatTarget, plan: Plan) -> int:
        """Let a campaign run from now on; its id.

        Raises:
            BadInput: the chat has as many as its tier allows.
        """
        tier = await tier_of(self.database, target.chat_id)
        limit = LIMITS.get(tier or "", MAX_CAMPAIGNS)
        started = await start_campaign(
            self.database,
            chat_id=target.chat_id,
            topic_id=target.topic_id,
            chain=self.chain,
            plan=plan,
            limit=limit,
        )
        if started is None:
            raise BadInput(too_many_campaigns(limit))
        return started

    async def of(self, target: ChatTarget) -> list[StoredCampaign]:
        """Those of a chat and topic: what is not stopped first, then the newest."""
        return await campaigns_of(
            self.database,
            chat_id=target.chat_id,
            topic_id=target.topic_id,
            chain=self.chain,
            limit=MAX_LISTED,
        )

    async def change(self, target: ChatTarget, campaign_id: int, status: CampaignStatus) -> None:
        """Let a campaign pause, go on, or end.

        Raises:
            BadInput: it is none of this chat, or cannot come to that any more.
        """
        changed = await set_campaign_status(
            self.database, campaign_id=campaign_id, chat_id=target.chat_id, status=status
        )
        if not changed:
            raise BadInput(not_changed())

    async def fills(
        self, target: ChatTarget, campaign_id: int
    ) -> tuple[list[StoredFill], dict[str, str | None]]:
        """The latest fills of a campaign, newest first, and what their tokens are called."""
        found = await campaign_fills(
            self.database, campaign_id=campaign_id, chat_id=target.chat_id, limit=MAX_FILLS
        )
        tokens = await self.tokens.find({one.token for one in found})
        return found, {mint: one.symbol for mint, one in tokens.items()}
