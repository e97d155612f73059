"""Whale searches: one at a time, each step committed once, late writes fenced, ends announced."""

import asyncio
from dataclasses import replace

import pytest

from domain.whale_search import (
    MAX_ERRORS_IN_ROW,
    Findings,
    Sighting,
    WhaleSearch,
    WhaleSearchStatus,
)
from storage.postgres import Database
from storage.whales.addresses import count_whales, top_whales
from storage.whales.finds import count_finds, top_finds
from storage.whales.searches import (
    StepResult,
    commit_step,
    end_announced,
    fail_step,
    latest_search,
    read_search,
    restart_search,
    set_card_message,
    stalled_searches,
    start_search,
    stop_search,
    take_card,
    take_step,
)
from tests.storage.sample_data import ALICE, CHAIN
from tests.storage.whales.sightings import NEW, sighting

pytestmark = pytest.mark.services


def result(after: int, upto: int, *sightings: Sighting) -> StepResult:
    found = Findings(swaps=1, transfers=2, volume=10**19, sightings=sightings)
    return StepResult(after=after, upto=upto, findings=found, undecodable=0, requests=3)


async def taken(database: Database, step_number: int | None = None) -> WhaleSearch:
    running = await start_search(database, NEW)
    session = await take_step(
        database, running.search_id, step_number=running.step_number if step_number is None else step_number
    )
    assert session is not None
    return session


async def stands(database: Database) -> WhaleSearch:
    session = await latest_search(database, chain=CHAIN)
    assert session is not None
    return session


async def grow_old(database: Database, seconds: float = 31) -> None:
    await database.execute(
        "UPDATE whale_searches SET heartbeat_at = now() - make_interval(secs => $1)", seconds
    )


async def test_one_runs_at_a_time_and_a_repeated_request_starts_nothing_more(database: Database) -> None:
    assert await latest_search(database, chain=CHAIN) is None
    first = await start_search(database, NEW)
    again = await start_search(database, NEW)
    assert (again.search_id, again.status) == (first.search_id, WhaleSearchStatus.RUNNING)
    assert 1700 < again.seconds_left <= first.seconds_left <= 1800
    second = await start_search(database, replace(NEW, update_id=2))
    assert (second.search_id, second.update_id) == (first.search_id, 1)
    elsewhere = await start_search(database, replace(NEW, update_id=3, chain="x1"))
    assert elsewhere.search_id != first.search_id
    many = await asyncio.gather(
        *(start_search(database, replace(NEW, update_id=n, chain="many")) for n in range(10, 18))
    )
    assert len({one.search_id for one in many}) == 1


async def test_a_step_is_committed_with_its_cursor_and_only_once(database: Database) -> None:
    session = await taken(database)
    step = result(100, 105, sighting("a", 5), sighting("b", 7))
    assert await commit_step(database, session, step)
    assert not await commit_step(database, session, step)
    now = await stands(database)
    assert (now.first_slot, now.last_slot, now.slots_scanned, now.requests) == (100, 105, 5, 3)
    assert (now.swaps, now.transfers, now.volume, now.addresses_found) == (1, 2, 10**19, 2)
    assert now.step_number == session.step_number + 1
    assert await count_whales(database, chain=CHAIN) == 2


async def test_a_step_that_begins_elsewhere_than_at_the_cursor_is_refused(database: Database) -> None:
    session = await taken(database)
    assert await commit_step(database, session, result(100, 105))
    session = await taken(database)
    assert not await commit_step(database, session, result(104, 110, sighting("a", 1)))
    assert await count_whales(database, chain=CHAIN) == 0
    assert await commit_step(database, session, result(105, 110))


async def test_a_job_that_was_thought_dead_and_comes_back_changes_nothing(database: Database) -> None:
    slow = await taken(database)
    quick = await taken(database, step_number=slow.step_number)
    assert await take_step(database, slow.search_id, step_number=slow.step_number) is None
    assert not await commit_step(database, slow, result(100, 105, sighting("a", 1)))
    await fail_step(database, slow, error="late", requests=1)
    assert (await stands(database)).errors == 0
    assert await commit_step(database, quick, result(100, 103))
    assert (await stands(database)).last_slot == 103


async def test_the_same_address_gathers_what_steps_find(database: Database) -> None:
    session = await taken(database)
    await commit_step(database, session, result(100, 101, sighting("a", 5), sighting("b", 6)))
    session = await taken(database)
    again = sighting("a", 7, kind="sell", venue="Another")
    await commit_step(database, session, result(101, 102, again, sighting("c", 1, venue="")))
    assert (await stands(database)).addresses_found == 3
    first, second, third = await top_whales(database, chain=CHAIN, limit=10)
    assert (first.address, first.times_seen, first.volume, first.largest) == ("a", 2, 12, 7)
    assert (first.kinds, first.venues) == (("buy", "sell"), ("Another", "Town pool"))
    assert (second.address, third.venues) == ("b", ())
    assert [w.address for w in await top_whales(database, chain=CHAIN, limit=1, after=1)] == ["b"]
    assert await top_whales(database, chain="x1", limit=10) == []


async def test_ten_errors_in_a_row_fail_it_and_a_success_forgives_them(database: Database) -> None:
    session = await taken(database)
    await fail_step(database, session, error="the first\0", requests=1)
    session = await taken(database)
    await commit_step(database, session, result(100, 101))
    assert (await stands(database)).errors_in_row == 0
    for number in range(MAX_ERRORS_IN_ROW):
        session = await taken(database)
        await fail_step(database, session, error=f"error {number}", requests=2)
        expected = WhaleSearchStatus.FAILED if number == MAX_ERRORS_IN_ROW - 1 else WhaleSearchStatus.RUNNING
        assert (await stands(database)).status is expected
    failed = await stands(database)
    assert (failed.errors, failed.errors_in_row, failed.last_error) == (11, 10, "error 9")
    assert failed.requests == 24
    after = await start_search(database, replace(NEW, update_id=2))
    assert after.search_id != failed.search_id


async def test_when_its_time_is_over_it_expires_instead_of_stepping(database: Database) -> None:
    running = await start_search(database, replace(NEW, seconds=-1))
    ended = await take_step(database, running.search_id, step_number=running.step_number)
    assert ended is not None
    assert ended.status is WhaleSearchStatus.EXPIRED
    assert not await commit_step(database, ended, result(100, 101))


async def test_an_overdue_search_whose_worker_is_away_does_not_delay_the_next(
    database: Database,
) -> None:
    overdue = await start_search(database, replace(NEW, seconds=-1))
    following = await start_search(database, replace(NEW, update_id=2))
    assert following.update_id == 2
    announced = await take_step(database, overdue.search_id, step_number=overdue.step_number)
    assert announced is not None
    assert announced.status is WhaleSearchStatus.EXPIRED


async def test_a_stop_ends_it_and_the_step_in_hand_is_not_counted(database: Database) -> None:
    assert await stop_search(database, chain=CHAIN) is None
    session = await taken(database)
    stopped = await stop_search(database, chain=CHAIN)
    assert stopped is not None
    assert stopped.status is WhaleSearchStatus.STOPPED
    assert not await commit_step(database, session, result(100, 101, sighting("a", 1)))
    assert await take_step(database, session.search_id, step_number=session.step_number) is None
    assert await count_whales(database, chain=CHAIN) == 0
    await grow_old(database)
    assert await stalled_searches(database) == []


async def test_silent_searches_are_found_and_ended_ones_until_they_are_announced(database: Database) -> None:
    session = await taken(database)
    assert await stalled_searches(database) == []
    await grow_old(database, 29)
    assert await stalled_searches(database) == []
    await grow_old(database)
    assert await stalled_searches(database) == [(session.search_id, session.step_number)]
    await database.execute("UPDATE whale_searches SET expires_at = now()")
    ended = await taken(database, session.step_number)
    assert ended.status is WhaleSearchStatus.EXPIRED
    await grow_old(database)
    assert await stalled_searches(database) == [(session.search_id, ended.step_number)]
    await end_announced(database, session.search_id)
    assert await stalled_searches(database) == []
    assert (await read_search(database, session.search_id)) is not None
    assert await read_search(database, 999) is None


async def test_a_failed_one_goes_on_at_its_last_slot_and_old_jobs_come_too_late(database: Database) -> None:
    session = await taken(database)
    assert await restart_search(database, chain=CHAIN, seconds=60) is None  # it runs
    await commit_step(database, session, result(100, 105, sighting("a", 5)))
    for _ in range(MAX_ERRORS_IN_ROW):
        await fail_step(database, await stands(database), error="no", requests=2, credits_=20)
    failed = await stands(database)
    assert failed.status is WhaleSearchStatus.FAILED
    again = await restart_search(database, chain=CHAIN, seconds=600)
    assert again is not None
    assert (again.search_id, again.status, again.last_slot) == (
        session.search_id,
        WhaleSearchStatus.RUNNING,
        105,
    )
    assert (again.errors_in_row, again.errors) == (0, MAX_ERRORS_IN_ROW)
    assert 500 < again.seconds_left <= 600
    assert await take_step(database, again.search_id, step_number=failed.step_number) is None
    after = await take_step(database, again.search_id, step_number=again.step_number)
    assert after is not None
    assert await commit_step(database, after, result(105, 106, sighting("b", 7)))
    assert await restart_search(database, chain="x1", seconds=60) is None  # none has run there


async def test_each_search_knows_what_it_found_itself_and_what_that_cost(database: Database) -> None:
    first = await taken(database)
    step = replace(result(100, 105, sighting("a", 5), sighting("b", 7)), credits=30)
    await commit_step(database, first, step)
    await stop_search(database, chain=CHAIN)
    second = await start_search(database, replace(NEW, update_id=2))
    work = await take_step(database, second.search_id, step_number=second.step_number)
    assert work is not None
    await commit_step(database, work, result(105, 106, sighting("a", 1)))
    assert [whale.address for whale in await top_finds(database, first.search_id, limit=9)] == ["b", "a"]
    assert [whale.volume for whale in await top_finds(database, second.search_id, limit=9)] == [1]
    assert await count_finds(database, first.search_id) == 2
    assert (await read_search(database, first.search_id) or work).credits == 30


async def test_a_card_is_shown_by_one_worker_at_a_time_and_at_the_end(database: Database) -> None:
    session = await taken(database)
    assert await take_card(database, session.search_id, seconds=5) is None  # it has none
    await set_card_message(database, session.search_id, chat_id=ALICE, message_id=9)
    assert await take_card(database, session.search_id, seconds=5) is None  # it has just been sent
    await database.execute("UPDATE whale_searches SET card_shown_at = now() - interval '6 seconds'")
    assert await take_card(database, session.search_id, seconds=5) == (ALICE, 9)
    assert await take_card(database, session.search_id, seconds=5) is None
    await stop_search(database, chain=CHAIN)
    assert await take_card(database, session.search_id, seconds=5) == (ALICE, 9)
