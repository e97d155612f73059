"""The campaigns of a chat: how many it may have, from when, and that they are its own."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from msgspec import structs

from domain.chats import ChatKind, ChatTarget
from domain.errors import BadInput, NotFound
from domain.paper.plan import Plan
from domain.paper.progress import Point
from domain.paper.stored import CampaignStatus
from domain.rules.tiers import Tiers
from runtime import clock
from services.paper import MAX_OPEN, MAX_WALLETS, Asker, CampaignStore, thinned
from services.people import ChatStore, PeopleStore
from storage.chats.cached_chats import CachedChats
from storage.postgres import Database
from tests.storage.sample_data import ALICE, BOB, CHAIN, WHALE, follow, tokens_without_redis

pytestmark = pytest.mark.services

PLAN = Plan(size_sol=Decimal(1), wallets=frozenset({WHALE}))
HERS = ChatTarget(chat_id=ALICE, kind=ChatKind.PRIVATE)
HIS = ChatTarget(chat_id=BOB, kind=ChatKind.PRIVATE)
TIERS = Tiers(
    alerts_an_hour={"free": 1},
    watches={"free": 1},
    history_days={"free": 30},
    api_keys={"free": 1},
    campaigns={"free": 2, "pro": 5},
    webhooks={"free": 1},
)


@pytest.fixture
async def campaigns(database: Database, cached: CachedChats) -> CampaignStore:
    await follow(database, ALICE)
    chats = ChatStore(database=database, cached=cached)
    return CampaignStore(
        database=database,
        chain=CHAIN,
        tokens=tokens_without_redis(database),
        people=PeopleStore(database=database, chats=chats, tiers=TIERS),
    )


def asker(origin: object) -> Asker:
    return Asker(user_id=ALICE, origin=str(origin))


async def test_the_tier_says_how_many_may_run(database: Database, campaigns: CampaignStore) -> None:
    for tier, limit in TIERS.campaigns.items():
        await database.execute("UPDATE chats SET tier = $1", tier)
        await database.execute("DELETE FROM campaigns")
        for number in range(limit):
            await campaigns.start(HERS, PLAN, asker(f"{tier} {number}"))
        with pytest.raises(BadInput, match=f"limit is {limit} campaigns"):
            await campaigns.start(HERS, PLAN, asker(tier))


async def test_a_group_counts_on_the_account_of_who_pays_for_it(
    database: Database, campaigns: CampaignStore
) -> None:
    await follow(database, BOB)
    await database.execute("UPDATE chats SET payer_id = $1 WHERE chat_id = $2", ALICE, BOB)
    for number, target in enumerate((HERS, HIS)):
        await campaigns.start(target, PLAN, asker(number))
    with pytest.raises(BadInput, match="limit is 2 campaigns"):
        await campaigns.start(HIS, PLAN, asker("third"))


async def test_what_is_asked_for_twice_by_one_update_starts_once(campaigns: CampaignStore) -> None:
    first, again = [await campaigns.start(HERS, PLAN, asker("update 7")) for _ in range(2)]
    assert first.campaign_id == again.campaign_id
    assert len(await campaigns.of(HERS)) == 1


async def test_one_begins_now_unless_its_plan_says_when(campaigns: CampaignStore) -> None:
    now = int(clock.now().timestamp())
    assert abs(((await campaigns.start(HERS, PLAN, asker(1))).plan.since or 0) - now) < 60
    plan = structs.replace(PLAN, since=now - 86_400, until=now - 3_600)
    assert (await campaigns.start(HERS, plan, asker(2))).plan == plan


async def test_a_plan_beyond_what_a_campaign_may_be_is_refused(campaigns: CampaignStore) -> None:
    now = clock.now()

    def at(**ago: Any) -> int:
        return int((now - timedelta(**ago)).timestamp())

    refused: dict[str, dict[str, Any]] = {
        "30 days back": {"since": at(days=31)},
        "within a year": {"since": at(days=-400)},
        "ends after it begins": {"until": at(hours=1)},
        "positions at a time": {"max_open": MAX_OPEN + 1},
        "1 to 20 wallets": {"wallets": frozenset(str(number) for number in range(MAX_WALLETS + 1))},
    }
    for words, fields in refused.items():
        with pytest.raises(BadInput, match=words):
            await campaigns.start(HERS, structs.replace(PLAN, **fields), asker(words))


async def test_nobody_sees_or_changes_the_campaign_of_another_chat(campaigns: CampaignStore) -> None:
    number = (await campaigns.start(HERS, PLAN, asker(1))).campaign_id
    with pytest.raises(BadInput, match="changed meanwhile"):
        await campaigns.change(HIS, number, CampaignStatus.STOPPED, asker(2))
    with pytest.raises(NotFound):
        await campaigns.one(HIS, number)
    assert await campaigns.points(HIS, number) == []
    await campaigns.change(HERS, number, CampaignStatus.STOPPED, asker(3))
    assert [one.status for one in await campaigns.of(HERS)] == [CampaignStatus.STOPPED]
    assert await campaigns.fills(HERS, number) == ([], {})


async def test_one_that_is_stopped_before_it_begins_or_while_it_reads_is_over_at_once(
    database: Database, campaigns: CampaignStore
) -> None:
    now = int(clock.now().timestamp())
    for number, since in enumerate((now + 3_600, now - 3_600)):
        plan = structs.replace(PLAN, since=since)
        started = await campaigns.start(HERS, plan, asker(number))
        await campaigns.change(HERS, started.campaign_id, CampaignStatus.STOPPED, asker(9))
    assert await database.fetchval("SELECT bool_and(finished) FROM campaigns")
    assert [one.result.trades for one in await campaigns.of(HERS)] == [0, 0]


def test_a_long_curve_is_thinned_from_its_end() -> None:
    points = [Point(at=at, own=at, whale=0) for at in range(1_000)]
    kept = thinned(points, 400)
    assert (len(kept), kept[-1]) == (334, points[-1])
    assert thinned([], 400) == []
