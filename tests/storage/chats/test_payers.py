"""A group passes from one account to another, and falls silent with none."""

import pytest

from storage.chats.payers import followed_in, give_up, paid_by, payer_of, take_over
from storage.postgres import Database
from tests.storage.sample_data import ALICE, BOB, follow

pytestmark = pytest.mark.services
GROUP = -500


async def group_of(database: Database, payer: int) -> None:
    await follow(database, GROUP)
    await database.execute(
        "UPDATE chats SET kind = 'supergroup', payer_id = $2, confirmed_at = now() WHERE chat_id = $1",
        GROUP,
        payer,
    )


async def test_another_takes_over_a_group_that_was_confirmed(database: Database) -> None:
    await group_of(database, ALICE)
    assert [one.chat_id for one in await paid_by(database, ALICE)] == [GROUP]
    assert await take_over(database, GROUP, payer_id=BOB)
    assert (await payer_of(database, GROUP), await paid_by(database, ALICE)) == (BOB, [])
    assert await followed_in(database, GROUP) == 1


@pytest.mark.parametrize("banned", [GROUP, BOB])
async def test_nothing_passes_to_or_with_who_is_banned(database: Database, banned: int) -> None:
    await group_of(database, ALICE)
    await database.execute("INSERT INTO bans VALUES ($1, 'spam', 1)", banned)
    assert not await take_over(database, GROUP, payer_id=BOB)


async def test_who_gives_up_silences_the_group_unless_it_has_a_tier_of_its_own(database: Database) -> None:
    await group_of(database, ALICE)
    given_up, silent = await give_up(database, ALICE)
    assert (given_up, [one.chat_id for one in silent]) == ([GROUP], [GROUP])
    reason = "SELECT closed_reason FROM chats WHERE chat_id = $1"
    assert await database.fetchval(reason, GROUP) == "unconfirmed"
    assert not await take_over(database, GROUP, payer_id=BOB), "an admin confirms anew"
    await database.execute("UPDATE chats SET closed_reason = NULL, closed_at = NULL, tier = 'pro'")
    await group_of(database, ALICE)
    assert (await give_up(database, ALICE, chat_id=GROUP))[1] == []
    assert await payer_of(database, GROUP) is None
    assert await database.fetchval(reason, GROUP) is None


async def test_all_that_a_person_pays_for_is_given_up_and_named(database: Database) -> None:
    await database.execute(
        "INSERT INTO chats (chat_id, kind, title, payer_id, confirmed_at, closed_at, closed_reason)"
        " SELECT -n, 'group', n::text, $1, now(), CASE WHEN n = 60 THEN now() END,"
        " CASE WHEN n = 60 THEN 'removed' END FROM generate_series(1, 60) AS n",
        ALICE,
    )
    given_up, silent = await give_up(database, ALICE)
    assert sorted(given_up) == list(range(-60, 0))
    assert len(silent) == 59
