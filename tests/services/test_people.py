"""People: bans that hold at once, tiers, and what is deleted on request.
The chats that the bot may write to.
"""

import pytest

from domain.chats import ChatKind, ChatTarget
from domain.rules.lanes import FREE, parse_hourly_limits, parse_watch_limits
from domain.rules.tiers import Tiers, parse_campaign_limits, parse_history_limits, parse_key_limits
from domain.webhooks import OWNER_BANNED
from services.people import ChatStore, PeopleStore
from storage.chats.cached_chats import CachedChats
from storage.chats.watched_wallets import watched_wallets
from storage.chats.watches import watches_of_chats
from storage.postgres import Database
from tests.storage.sample_data import ALICE, BOB, CHAIN, follow
from tests.storage.webhook_rows import new_webhook, table

pytestmark = pytest.mark.services
GROUP = ChatTarget(chat_id=-5, kind=ChatKind.GROUP, title="Club")


@pytest.fixture
async def people(database: Database, cached: CachedChats) -> PeopleStore:
    await follow(database, ALICE)
    return PeopleStore(
        database=database,
        chats=ChatStore(database=database, cached=cached),
        tiers=Tiers(
            alerts_an_hour=parse_hourly_limits(f"{FREE}=20,pro=0"),
            watches=parse_watch_limits(f"{FREE}=5,pro=50"),
            history_days=parse_history_limits(f"{FREE}=30"),
            api_keys=parse_key_limits(f"{FREE}=1,pro=9"),
            campaigns=parse_campaign_limits(f"{FREE}=2"),
            webhooks={"free": 1, "plus": 3},
        ),
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


async def test_a_ban_switches_off_what_the_person_made_in_groups(
    people: PeopleStore, database: Database
) -> None:
    await people.chats.confirm(GROUP, payer_id=BOB)
    assert await table(database).add(new_webhook(GROUP.chat_id), limit=1) is not None
    await people.ban(ALICE, "spam", by=BOB)
    (webhook,) = await table(database).of_chat(GROUP.chat_id)
    assert webhook.off_reason == OWNER_BANNED


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


async def test_a_group_that_asks_for_it_keeps_its_payer_and_why_it_is_closed(
    people: PeopleStore, database: Database
) -> None:
    await people.chats.confirm(GROUP, payer_id=ALICE)
    await database.execute("""UPDATE chats SET settings = '{"a": 1}' WHERE chat_id = $1""", GROUP.chat_id)
    await people.ban(GROUP.chat_id, "spam", by=BOB)
    await people.forget(GROUP.chat_id)
    row = await database.fetchrow("SELECT * FROM chats WHERE chat_id = $1", GROUP.chat_id)
    assert row is not None
    assert (row["payer_id"], row["closed_reason"], row["settings"], row["title"]) == (
        ALICE,
        "banned",
        "{}",
        "",
    )
    assert row["confirmed_at"] is not None


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


async def of_group(database: Database, number: int, *, payer: int | None = None) -> None:
    for index in range(number):
        await follow(database, GROUP.chat_id, wallet=f"w{index}")
    await database.execute("UPDATE chats SET payer_id = $2 WHERE chat_id = $1", GROUP.chat_id, payer)


async def test_over_a_lower_limit_the_newest_wallets_pause_and_go_on_when_there_is_room(
    people: PeopleStore, database: Database
) -> None:
    for index in range(7):
        await follow(database, ALICE, wallet=f"w{index}")
    await people.set_tier(ALICE, "pro")
    assert (await people.limits_used(ALICE)).paused == 0
    await people.set_tier(ALICE, FREE)
    used = await people.limits_used(ALICE)
    assert (used.tier.watches, used.watches, used.paused) == (5, 8, 3)
    newest = "SELECT array_agg(over_limit ORDER BY watch_id) FROM watches WHERE chat_id = $1"
    assert await database.fetchval(newest, ALICE) == [False] * 5 + [True] * 3
    await database.execute("DELETE FROM watches WHERE watch_id = (SELECT min(watch_id) FROM watches)")
    assert await people.pause_over_limit(ALICE) == 1
    assert (await people.limits_used(ALICE)).paused == 2


async def test_a_group_uses_the_limits_of_who_pays_for_it(people: PeopleStore, database: Database) -> None:
    await of_group(database, 6, payer=ALICE)
    assert await people.pause_over_limit() == 2
    assert (await people.limits_used(GROUP.chat_id)).watches == 7
    await people.set_tier(ALICE, "pro")
    assert (await people.tier(GROUP.chat_id)).name == "pro"
    assert (await people.limits_used(GROUP.chat_id)).paused == 0


async def test_a_group_with_a_tier_of_its_own_uses_that(people: PeopleStore, database: Database) -> None:
    await of_group(database, 1, payer=ALICE)
    await people.set_tier(GROUP.chat_id, "pro")
    assert (await people.limits_used(GROUP.chat_id)).watches == 1
    assert (await people.limits_used(ALICE)).watches == 1


async def test_a_banned_wallet_is_followed_by_nobody_until_it_is_allowed_again(
    people: PeopleStore, database: Database
) -> None:
    await follow(database, ALICE, wallet="bad")
    assert await people.ban_wallet(CHAIN, "bad", "spam", by=BOB) == 1
    assert (await watches_of_chats(database, [ALICE]))[ALICE][-1].is_banned
    assert "bad" not in await watched_wallets(database, chain=CHAIN)
    assert await people.unban_wallet(CHAIN, "bad")
    assert not await people.unban_wallet(CHAIN, "bad")
    assert "bad" in await watched_wallets(database, chain=CHAIN)
