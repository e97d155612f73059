"""The campaigns of a chat: how many it may have, and that they are its own."""

from decimal import Decimal

import pytest

from domain.chats import ChatKind, ChatTarget
from domain.errors import BadInput
from domain.paper.plan import Plan
from domain.paper.stored import CampaignStatus
from services.paper import LIMITS, MAX_CAMPAIGNS, CampaignStore
from storage.postgres import Database
from tests.storage.sample_data import ALICE, BOB, CHAIN, WHALE, follow, tokens_without_redis

pytestmark = pytest.mark.services

PLAN = Plan(size_sol=Decimal(1), wallets=frozenset({WHALE}))
HERS = ChatTarget(chat_id=ALICE, kind=ChatKind.PRIVATE)


@pytest.fixture
async def campaigns(database: Database) -> CampaignStore:
    await follow(database, ALICE)
    return CampaignStore(database=database, chain=CHAIN, tokens=tokens_without_redis(database))


async def test_the_tier_says_how_many_may_run(database: Database, campaigns: CampaignStore) -> None:
    for tier, limit in (("free", LIMITS["free"]), ("pro", MAX_CAMPAIGNS)):
        await database.execute("UPDATE chats SET tier = $1", tier)
        await database.execute("DELETE FROM campaigns")
        for _ in range(limit):
            await campaigns.start(HERS, PLAN)
        with pytest.raises(BadInput, match=f"{limit} campaigns already"):
            await campaigns.start(HERS, PLAN)


async def test_nobody_changes_the_campaign_of_another_chat(campaigns: CampaignStore) -> None:
    started = await campaigns.start(HERS, PLAN)
    with pytest.raises(BadInput, match="changed meanwhile"):
        await campaigns.change(
            ChatTarget(chat_id=BOB, kind=ChatKind.PRIVATE), started, CampaignStatus.STOPPED
        )
    await campaigns.change(HERS, started, CampaignStatus.STOPPED)
    assert [one.status for one in await campaigns.of(HERS)] == [CampaignStatus.STOPPED]
    assert await campaigns.fills(HERS, started) == ([], {})
