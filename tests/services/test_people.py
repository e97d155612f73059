"""People: bans that hold at once, tiers, and what is deleted on request.
The chats that the bot may write to.
"""

import pytest

from domain.chats import ChatKind, ChatTarget
from domain.rules.lanes import FREE, parse_hourly_limits, parse_watch_limits
from services.people import ChatStore, PeopleStore
from storage.chats.cached_chats import CachedChats
from storage.postgres import Database
from tests.storage.sample_data import ALICE, BOB, follow

pytestmark = pytest.mark.services
GROUP = ChatTarget(chat_id=-5, kind=ChatKind.GROUP, title="Club")


@pytest.fixture
async def people(database: Database, cached: CachedChats) -> PeopleStore:
    await follow(database, ALICE)
    return PeopleStore(
        database=database,
        chats=ChatStore(database=database, cached=cached),
        hourly_limits=parse_hourly_limits(f"{FREE}=20,pro=0"),
        watch_limits=parse_watch_limits(f"{FREE}=5,pro=50"),
    )


async def is_closed(database: Database) -> bool:
    return bool(await database.fetchval("SELECT closed_at IS NOT NULL FROM chats WHERE chat_id = $1", ALICE))


async def test_a_ban_holds_at_once_and_closes_the_chat_until_it_is_lifted(
    people: PeopleStore, database: Database
) -> None:
    assert await people.ban_of(ALICE) is None
    await people.ban(ALICE, "spam", by=BOB)
    ban = await people.ban_of(ALICE)
    assert ban is not None
    assert ban.reason == "spam"
    assert await is_closed(database)
    assert await people.unban(ALICE)
    assert await people.ban_of(ALICE) is None
    assert not await is_closed(database)
    assert not await people.unban(ALICE)


async def test_a_tier_brings_its_hourly_limit(people: PeopleStore) -> None:
    assert await people.hourly_limit(ALICE) == 20
    assert await people.set_tier(ALICE, "pro") == FREE
    assert await people.hourly_limit(ALICE) is None
    assert await people.set_tier(BOB, "pro") is None


async def test_nothing_is_left_of_a_chat_that_asks_for_it(people: PeopleStore) -> None:
    file = await people.file(ALICE)
    assert file is not None
    assert file.watches == 1
    await people.forget(ALICE)
    assert await people.file(ALICE) is None


async def test_a_closed_chat_says_why_until_somebody_writes_there(
    database: Database, cached: CachedChats
) -> None:
    chats = ChatStore(database=database, cached=cached)
    await chats.open(GROUP)
    assert await chats.standing(GROUP.chat_id) is None
    await chats.close(GROUP.chat_id, "kicked")
    standing = await chats.standing(GROUP.chat_id)
    assert standing is not None
    assert standing.reason == "kicked"
    await chats.heard(GROUP.chat_id)
    assert await chats.standing(GROUP.chat_id) is None


async def test_a_group_takes_everything_to_its_new_id(database: Database, cached: CachedChats) -> None:
    chats = ChatStore(database=database, cached=cached)
    await chats.open(GROUP)
    await chats.migrate(old_id=GROUP.chat_id, new_id=-100_5)
    assert await database.fetchval("SELECT array_agg(chat_id) FROM chats WHERE title = 'Club'") == [-100_5]


async def test_the_tier_says_how_many_wallets_a_chat_may_follow(people: PeopleStore) -> None:
    assert await people.watch_limit(ALICE) == 5
    await people.set_tier(ALICE, "pro")
    assert await people.watch_limit(ALICE) == 50
    assert await people.watch_limit(-404) == 5
