"""The paper campaigns of a chat: who may have how many, and what they have come to."""

from dataclasses import dataclass
from datetime import timedelta

from msgspec import structs

from domain.chats import ChatTarget
from domain.errors import BadInput, NotFound
from domain.paper.plan import Plan
from domain.paper.progress import Point
from domain.paper.stored import CampaignStatus, StoredCampaign, StoredFill
from domain.rules.tiers import NearLimit, near_limit
from messaging.telegram.texts import paper as texts
from messaging.telegram.texts import paper_refusals as refusals
from runtime import clock
from services.people import PeopleStore
from storage.market.tokens import CachedTokens
from storage.paper import campaigns
from storage.paper.campaigns import NewCampaign
from storage.postgres import Database

MAX_WALLETS = 20
"""That one campaign follows."""
MAX_OPEN = 100
"""Positions of one campaign at a time."""
MAX_AHEAD = timedelta(days=366)
"""Until which a campaign may begin or end."""
MAX_FILLS = 15
MAX_LISTED = 50
MAX_POINTS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who wants a campaign changed, and by what."""

    user_id: int
    origin: str
    """The update or the request: the same one starts nothing twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignStore:
    """Starts, changes and shows campaigns."""

    database: Database
    chain: str
    tokens: CachedTokens
    people: PeopleStore

    async def start(self, target: ChatTarget, plan: Plan, asker: Asker) -> StoredCampaign:
        """Let a campaign follow wallets that the chat follows, from the time of its plan or from now on.

        Args:
            target: chat and topic.
            plan: as it was asked for; times that are left out are filled in here.
            asker: who asks, and by which request: a repeated one starts nothing new.

        Raises:
            BadInput: the chat has as many as its tier allows, or the plan is beyond what a campaign may be.
        """
        tier = await self.people.tier(target.chat_id)
        checked = self._checked(plan, tier.history_days)
        started = await campaigns.start_campaign(
            self.database,
            NewCampaign(
                chat_id=target.chat_id,
                topic_id=target.topic_id,
                chain=self.chain,
                plan=checked,
                origin=asker.origin,
                actor_id=asker.user_id,
            ),
            limit=tier.campaigns,
        )
        if started is None:
            raise BadInput(refusals.TOO_MANY, limit=tier.campaigns)
        return await self.one(target, started)

    async def near_limit(self, target: ChatTarget) -> NearLimit | None:
        """Return how much of its account's limit of campaigns a chat uses, if that is most of it."""
        used = await campaigns.open_campaigns(self.database, target.chat_id)
        return near_limit(used, (await self.people.tier(target.chat_id)).campaigns)

    def _checked(self, plan: Plan, history_days: int) -> Plan:
        now = clock.now()
        since = int(now.timestamp()) if plan.since is None else plan.since
        latest, earliest = now + MAX_AHEAD, now - timedelta(days=history_days)
        times = [since, *([] if plan.until is None else [plan.until])]
        if not 1 <= len(plan.wallets) <= MAX_WALLETS:
            raise BadInput(refusals.WRONG_WALLETS, limit=MAX_WALLETS)
        if plan.max_open > MAX_OPEN:
            raise BadInput(refusals.TOO_MANY_OPEN, limit=MAX_OPEN)
        if since < int(earliest.timestamp()):
            raise BadInput(refusals.TOO_EARLY, days=history_days)
        if max(times) > int(latest.timestamp()):
            raise BadInput(refusals.TOO_FAR_AHEAD)
        if plan.until is not None and plan.until <= since:
            raise BadInput(refusals.ENDS_FIRST)
        return structs.replace(plan, since=since)

    async def of(self, target: ChatTarget) -> list[StoredCampaign]:
        """Those of a chat and topic: what is not over first, then the newest."""
        return await campaigns.campaigns_of(
            self.database,
            chat_id=target.chat_id,
            topic_id=target.topic_id,
            chain=self.chain,
            limit=MAX_LISTED,
        )

    async def one(self, target: ChatTarget, campaign_id: int) -> StoredCampaign:
        """A campaign of the chat.

        Raises:
            NotFound: it has no such one.
        """
        found = await campaigns.campaign_of(self.database, campaign_id=campaign_id, chat_id=target.chat_id)
        if found is None:
            raise NotFound(refusals.NO_SUCH_CAMPAIGN)
        return found

    async def change(
        self, target: ChatTarget, campaign_id: int, status: CampaignStatus, asker: Asker
    ) -> None:
        """Let a campaign pause, continue, or end.

        Args:
            target: the chat that has it.
            campaign_id: any number.
            status: RUNNING, PAUSED or STOPPED.
            asker: who asks, for the audit log.

        Raises:
            BadInput: it is none of this chat, or cannot come to that any more.
        """
        changed = await campaigns.set_campaign_status(
            self.database,
            campaign_id=campaign_id,
            chat_id=target.chat_id,
            status=status,
            actor_id=asker.user_id,
        )
        if not changed:
            raise BadInput(texts.not_changed)

    async def fills(
        self, target: ChatTarget, campaign_id: int, *, limit: int = MAX_FILLS
    ) -> tuple[list[StoredFill], dict[str, str | None]]:
        """The latest fills of a campaign, newest first, and what their tokens are called.

        Args:
            target: the chat that has it.
            campaign_id: any number; without such a campaign there are none.
            limit: how many at most.
        """
        found = await campaigns.campaign_fills(
            self.database, campaign_id=campaign_id, chat_id=target.chat_id, limit=limit
        )
        tokens = await self.tokens.find({one.token for one in found})
        return found, {mint: one.symbol for mint, one in tokens.items()}

    async def points(self, target: ChatTarget, campaign_id: int) -> list[Point]:
        """The curve of a campaign, oldest first: `MAX_POINTS` at most, its last point among them."""
        found = await campaigns.campaign_points(
            self.database, campaign_id=campaign_id, chat_id=target.chat_id
        )
        return thinned(found, MAX_POINTS)


def thinned(points: list[Point], limit: int) -> list[Point]:
    """Every n-th of the points, so that there are `limit` at most, counted from the last."""
    step = -(-len(points) // limit) if points else 1
    return points[::-1][::step][::-1]
