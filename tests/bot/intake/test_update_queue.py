"""Updates are handled in order per chat, once, across instances, though instances die and updates fail."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
from msgspec import structs

from bot.dialog.update_context import current_update, leave_worker
from bot.intake.fair_queue import RecentUse, SendLimitMessage
from bot.intake.newcomers import Newcomers
from bot.intake.update_leases import UpdateLeases
from bot.intake.update_queue import HEAVY_USER_WORKERS, UpdateQueue
from domain.errors import DatabaseUnavailable, QueueUnavailable, TelegramUnavailable, Unavailable
from runtime.processes.lifecycle import Stop
from storage.chats import update_leases, updates
from storage.chats.update_leases import UpdateLease
from storage.chats.updates import DEFAULT_SHARES, ReceivedUpdate, StoreResult
from storage.postgres import Database
from tests.bot.conftest import until
from tests.storage.leased_updates import lease_next_update

pytestmark = pytest.mark.services

Handle = Callable[[UpdateLease], Awaitable[None]]
Start = Callable[..., AbstractAsyncContextManager[UpdateQueue]]


async def arrive(database: Database, *numbers: int, chat_id: int = 7) -> None:
    await updates.store_updates(
        database,
        [ReceivedUpdate(update_id=n, chat_id=chat_id, payload=f'{{"update_id": {n}}}') for n in numbers],
    )


async def all_finished(database: Database) -> bool:
    return bool(
        await database.fetchval("SELECT coalesce(bool_and(state IN ('done', 'failed')), true) FROM updates")
    )


async def _handle_nothing(lease: UpdateLease) -> None:
    del lease


async def _tell_nobody(update: ReceivedUpdate) -> None:
    raise AssertionError(update)


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look all the time for what is looked for each second, however young it is."""
    for name in ("POLL_SECONDS", "RETRY_SECONDS", "ABANDONED_SECONDS"):
        monkeypatch.setattr(f"bot.intake.update_queue.{name}", 0.02)


@pytest.fixture
def start(database: Database) -> Start:
    """Starts an instance."""

    @asynccontextmanager
    async def starting(
        handle: Handle,
        owner: str = "one",
        reply_failure: Handle | None = None,
        send: SendLimitMessage | None = None,
    ) -> AsyncIterator[UpdateQueue]:
        leases = UpdateLeases(database=database, owner=owner)
        update_queue = UpdateQueue(leases, handle, reply_failure or handle, send or _tell_nobody)
        stop = Stop()
        async with asyncio.TaskGroup() as group:
            group.create_task(update_queue.run(stop, workers=4))
            try:
                yield update_queue
            finally:
                stop.set()

    return starting


async def test_what_a_killed_process_of_the_same_name_had_goes_on_at_once(
    database: Database, start: Start
) -> None:
    await arrive(database, 1, 2)
    await lease_next_update(database, chat_id=7, owner="bot-1:killed")
    handled = []

    async def handle(lease: UpdateLease) -> None:
        handled.append((lease.update_id, lease.copies))

    async with start(handle, owner="bot-1:new"):
        await until(lambda: all_finished(database))
    assert handled == [(1, 1), (2, 0)]


async def test_e69_two_instances_handle_a_chat_in_order_and_each_update_once(
    database: Database, start: Start
) -> None:
    handled: list[int] = []
    at_work = 0

    async def handle(lease: UpdateLease) -> None:
        nonlocal at_work
        at_work += 1
        assert at_work == 1
        await asyncio.sleep(random.random() / 200)
        handled.append(lease.update_id)
        at_work -= 1

    async with start(handle, "one") as one, start(handle, "two") as two:
        for number in range(1, 41):
            await arrive(database, number)
            random.choice((one, two)).enqueue(7)
        await until(lambda: all_finished(database))
    assert handled == list(range(1, 41))


async def test_e68_the_same_update_at_two_instances_is_handled_once(database: Database, start: Start) -> None:
    handled: list[int] = []

    async def handle(lease: UpdateLease) -> None:
        handled.append(lease.update_id)

    async with start(handle, "one") as one, start(handle, "two") as two:
        await asyncio.gather(*(arrive(database, 5) for _ in range(4)))
        one.enqueue(7)
        two.enqueue(7)
        await until(lambda: all_finished(database))
    assert handled == [5]


async def test_chats_do_not_wait_for_each_other(database: Database, start: Start) -> None:
    slow_may_end = asyncio.Event()

    async def handle(lease: UpdateLease) -> None:
        if lease.chat_id == 1:
            await slow_may_end.wait()

    await arrive(database, 1, chat_id=1)
    await arrive(database, 2, chat_id=2)
    async with start(handle) as update_queue:
        update_queue.enqueue(1)
        update_queue.enqueue(2)
        await until(lambda: database.fetchval("SELECT state = 'done' FROM updates WHERE chat_id = 2"))
        slow_may_end.set()
        await until(lambda: all_finished(database))


async def test_a11_what_a_dead_instance_has_stored_is_found_by_another(
    database: Database, start: Start
) -> None:
    await arrive(database, 1, 2)
    await lease_next_update(database, chat_id=7, owner="dead")
    await database.execute(
        "UPDATE updates SET received_at = now() - interval '1 minute',"
        " lease_until = CASE WHEN lease_until IS NOT NULL THEN now() - interval '1 second' END"
    )
    handled: list[int] = []

    async def handle(lease: UpdateLease) -> None:
        handled.append(lease.update_id)

    async with start(handle):
        await until(lambda: all_finished(database))
    assert handled == [1, 2]


async def test_an_update_that_always_fails_is_answered_with_an_excuse_and_the_next_follows(
    database: Database, start: Start
) -> None:
    tries: list[int] = []
    failure_replies: list[int] = []

    async def handle(lease: UpdateLease) -> None:
        tries.append(lease.update_id)
        if lease.update_id == 1:
            raise ValueError("quarantined")

    async def reply_failure(lease: UpdateLease) -> None:
        failure_replies.append(lease.update_id)

    await arrive(database, 1, 2)
    await database.execute("UPDATE updates SET received_at = now() - interval '1 minute'")
    async with start(handle, "one", reply_failure) as update_queue:
        update_queue.enqueue(7)
        await until(lambda: all_finished(database))
    assert tries == [1, 1, 1, 2]
    assert failure_replies == [1]
    states = await database.fetch("SELECT state FROM updates ORDER BY update_id")
    assert [row["state"] for row in states] == ["failed", "done"]


@pytest.mark.parametrize("error", [TelegramUnavailable, DatabaseUnavailable, QueueUnavailable, Unavailable])
async def test_a_failure_is_replied_once_the_server_that_was_away_is_back(
    database: Database, start: Start, error: type[Unavailable]
) -> None:
    tries: list[int] = []
    notified: list[int] = []

    async def handle(lease: UpdateLease) -> None:
        tries.append(lease.attempts)
        raise ValueError("a bug")

    async def reply_failure(lease: UpdateLease) -> None:
        if len(tries) < update_leases.MAX_ATTEMPTS + 2:
            raise error("away", retry_after=0.01)
        notified.append(lease.update_id)

    await arrive(database, 1)
    await database.execute("UPDATE updates SET received_at = now() - interval '1 minute'")
    async with start(handle, reply_failure=reply_failure):
        await until(lambda: all_finished(database))
    assert notified == [1]
    assert tries == [1, 2, 3, 3, 3]
    assert await database.fetchval("SELECT error FROM updates") == "failed: ValueError"


@pytest.mark.parametrize(("error", "tries"), [(Unavailable, 3), (TelegramUnavailable, 4)])
async def test_after_an_hour_a_failure_that_its_chat_does_not_take_is_given_up(
    database: Database, start: Start, error: type[Unavailable], tries: int
) -> None:
    handled: list[int] = []

    async def handle(lease: UpdateLease) -> None:
        handled.append(lease.update_id)
        if lease.update_id == 1:
            raise ValueError("a bug")

    async def reply_failure(lease: UpdateLease) -> None:
        del lease
        if len(handled) < 4:
            raise error("not taken")

    await arrive(database, 1, 2)
    await database.execute("UPDATE updates SET received_at = now() - interval '61 minutes'")
    async with start(handle, reply_failure=reply_failure):
        await until(lambda: all_finished(database))
    assert handled == [*[1] * tries, 2]


async def test_a_server_that_is_away_is_not_held_against_the_update(database: Database, start: Start) -> None:
    tries = 0

    async def handle(lease: UpdateLease) -> None:
        nonlocal tries
        tries += 1
        if tries <= update_leases.MAX_ATTEMPTS:
            raise Unavailable("is_away", retry_after=0.01)
        assert lease.attempts == 1

    await arrive(database, 1)
    await database.execute("UPDATE updates SET received_at = now() - interval '1 minute'")
    async with start(handle):
        await until(lambda: all_finished(database))
    assert tries == update_leases.MAX_ATTEMPTS + 1


async def test_an_update_that_is_never_taken_is_set_aside_and_those_behind_it_follow(
    database: Database, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.intake.update_queue.RETRY_SECONDS", 0.01)
    monkeypatch.setattr("bot.intake.update_leases.SET_ASIDE_SECONDS", 0.2)
    handled: list[int] = []

    async def handle(lease: UpdateLease) -> None:
        if lease.update_id == 1:
            raise Unavailable("it is not taken")
        handled.append(lease.update_id)

    await arrive(database, 1, 2)
    async with start(handle, reply_failure=_say_nothing):
        await until(lambda: all_finished(database))
    assert handled == [2]
    assert (
        await database.fetchval("SELECT error FROM updates WHERE update_id = 1") == "set aside: Unavailable"
    )


async def _say_nothing(lease: UpdateLease) -> None:
    del lease


@pytest.mark.parametrize("error", [TelegramUnavailable, DatabaseUnavailable, QueueUnavailable])
async def test_nothing_is_set_aside_while_a_server_is_away_for_all(
    database: Database, start: Start, monkeypatch: pytest.MonkeyPatch, error: type[Unavailable]
) -> None:
    monkeypatch.setattr("bot.intake.update_queue.RETRY_SECONDS", 0.01)
    for name in ("SET_ASIDE_SECONDS", "MAX_AGE_SECONDS"):
        monkeypatch.setattr(f"bot.intake.update_leases.{name}", 0.01)
    tries = 0

    async def handle(lease: UpdateLease) -> None:
        nonlocal tries
        tries += 1
        if tries < 5:
            raise error("away", retry_after=0.01)

    await arrive(database, 1)
    await database.execute("UPDATE updates SET received_at = now() - interval '1 day'")
    async with start(handle):
        await until(lambda: all_finished(database))
    assert await database.fetchval("SELECT state FROM updates") == "done"


@pytest.mark.parametrize("error", [DatabaseUnavailable("after the reply"), ValueError("a bug")])
async def test_an_update_that_fails_after_its_reply_is_handled_again_as_one_that_was_replied_to(
    database: Database, start: Start, error: Exception
) -> None:
    copies: list[int] = []

    async def handle(lease: UpdateLease) -> None:
        copies.append(lease.copies)
        if len(copies) == 1:
            current = current_update()
            assert current is not None
            current.sent += 1
            raise error

    await arrive(database, 1)
    async with start(handle):
        await until(lambda: all_finished(database))
    assert copies == [0, 1]


async def test_at_the_stop_what_has_begun_is_finished_and_the_rest_is_left(
    database: Database, start: Start
) -> None:
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def handle(lease: UpdateLease) -> None:
        del lease
        begun.set()
        await may_end.wait()

    await arrive(database, 1, 2)
    async with asyncio.TaskGroup() as group, start(handle) as update_queue:
        update_queue.enqueue(7)
        await begun.wait()
        group.create_task(_later(may_end))
    states = await database.fetch("SELECT state FROM updates ORDER BY update_id")
    assert [row["state"] for row in states] == ["done", "new"]


async def test_what_comes_until_the_intake_is_closed_is_handled_here_and_no_other_instance_has_to_find_it(
    database: Database,
) -> None:
    handled: list[int] = []

    async def handle(lease: UpdateLease) -> None:
        await asyncio.sleep(0.01)
        handled.append(lease.update_id)

    leases = UpdateLeases(database=database, owner="one")
    update_queue, stop, closed = UpdateQueue(leases, handle, handle, _tell_nobody), Stop(), Stop()
    async with asyncio.TaskGroup() as group:
        group.create_task(update_queue.run(stop, closed=closed, workers=1))
        for _ in range(10):  # the workers begin
            await asyncio.sleep(0)
        stop.set()
        await arrive(database, 1, 2)
        await arrive(database, 3, chat_id=8)
        for chat_id in (7, 8):
            update_queue.enqueue(chat_id)
        closed.set()
    assert sorted(handled) == [1, 2, 3]


async def test_what_waits_at_the_stop_is_begun_for_a_moment_only(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.intake.update_queue.DRAIN_SECONDS", 0.05)
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def handle(lease: UpdateLease) -> None:
        del lease
        begun.set()
        await may_end.wait()

    await arrive(database, 1, 2)
    leases = UpdateLeases(database=database, owner="one")
    update_queue, stop = UpdateQueue(leases, handle, handle, _tell_nobody), Stop()
    async with asyncio.TaskGroup() as group:
        group.create_task(update_queue.run(stop, closed=stop, workers=1))
        update_queue.enqueue(7)
        await begun.wait()
        stop.set()
        await asyncio.sleep(0.2)
        may_end.set()
    states = await database.fetch("SELECT state FROM updates ORDER BY update_id")
    assert [row["state"] for row in states] == ["done", "new"]


async def _later(event: asyncio.Event) -> None:
    await asyncio.sleep(0.05)
    event.set()


async def test_a_cancelled_update_is_given_back_at_once(database: Database) -> None:
    begun = asyncio.Event()

    async def handle(lease: UpdateLease) -> None:
        del lease
        begun.set()
        await asyncio.sleep(60)

    await arrive(database, 1)
    update_queue = UpdateQueue(UpdateLeases(database=database, owner="one"), handle, handle, _tell_nobody)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(update_queue.run(Stop(), workers=1))
        update_queue.enqueue(7)
        await begun.wait()
        running.cancel()
    lease = await lease_next_update(database, chat_id=7, owner="two")
    assert lease is not None
    assert lease.attempts == 1


def request(number: int, *, chat_id: int, user_id: int = 0) -> ReceivedUpdate:
    return ReceivedUpdate(
        update_id=number,
        chat_id=chat_id,
        user_id=user_id,
        is_request=True,
        payload=f'{{"update_id": {number}}}',
    )


async def test_who_waits_for_a_limit_holds_no_worker(database: Database, start: Start) -> None:
    may_end = asyncio.Event()

    async def handle(lease: UpdateLease) -> None:
        if lease.chat_id < 50:
            leave_worker()
            await may_end.wait()

    await updates.store_updates(database, [request(n, chat_id=n) for n in range(1, 51)])
    async with start(handle) as update_queue:
        for number in range(1, 51):
            update_queue.enqueue(number)
        await until(lambda: database.fetchval("SELECT state = 'done' FROM updates WHERE chat_id = 50"))
        may_end.set()
        await until(lambda: all_finished(database))


async def test_a_quiet_chat_has_its_turn_before_the_next_of_a_loud_person(database: Database) -> None:
    handled: list[int] = []

    async def handle(lease: UpdateLease) -> None:
        handled.append(lease.chat_id)

    loud = [request(n, chat_id=-n, user_id=9) for n in range(1, 20)]
    await updates.store_updates(database, [*loud, request(100, chat_id=100, user_id=100)])
    leases = UpdateLeases(database=database, owner="one")
    update_queue, stop = UpdateQueue(leases, handle, handle, _tell_nobody), Stop()
    for one in [*loud, request(100, chat_id=100, user_id=100)]:
        update_queue.receive(one, StoreResult.NEW)
    async with asyncio.TaskGroup() as group:
        group.create_task(update_queue.run(stop, workers=1))
        await until(lambda: all_finished(database))
        stop.set()
    assert 100 in handled[:2]
    assert len(handled) == 20


async def test_a_loud_chat_gets_one_turn_at_a_time(database: Database) -> None:
    handled: list[int] = []

    async def handle(lease: UpdateLease) -> None:
        handled.append(lease.chat_id)
        if len(handled) == 1:
            update_queue.receive(request(100, chat_id=8), StoreResult.NEW)

    await arrive(database, *range(1, 6))
    await arrive(database, 100, chat_id=8)
    leases = UpdateLeases(database=database, owner="one")
    update_queue, stop = UpdateQueue(leases, handle, handle, _tell_nobody), Stop()
    for number in range(1, 6):
        update_queue.receive(request(number, chat_id=7), StoreResult.NEW)
    async with asyncio.TaskGroup() as group:
        group.create_task(update_queue.run(stop, workers=1))
        await until(lambda: all_finished(database))
        stop.set()
    assert handled[:2] == [7, 8]


async def test_the_first_limited_update_is_answered_and_none_is_handled(
    database: Database, start: Start
) -> None:
    sent: list[int] = []
    handled: list[int] = []
    notified = asyncio.Event()

    async def handle(lease: UpdateLease) -> None:
        handled.append(lease.update_id)

    async def send(update: ReceivedUpdate) -> None:
        sent.append(update.update_id)
        if len(sent) < 3:
            raise TelegramUnavailable("away", retry_after=0.01)
        notified.set()

    many = [structs.replace(request(number, chat_id=7), is_heavy=True) for number in range(1, 40)]
    results = await updates.store_updates(database, many)
    async with start(handle, send=send) as update_queue:
        for one in many:
            update_queue.receive(one, results[one.update_id])
        await until(lambda: database.fetchval("SELECT bool_and(state IN ('done', 'limited')) FROM updates"))
        await notified.wait()
    assert handled == [*range(1, DEFAULT_SHARES.per_minute + 1)]
    assert sent == [DEFAULT_SHARES.per_minute + 1] * 3, "until Telegram takes it"


async def test_the_limit_message_of_a_bot_that_was_killed_is_sent_by_another_one(
    database: Database, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.intake.fair_queue.TAKE_OVER_SECONDS", 0.02)
    sent: list[tuple[int, int]] = []
    notified = asyncio.Event()

    async def send(update: ReceivedUpdate) -> None:
        context = current_update()
        assert context is not None
        assert "text" not in update.payload
        sent.append((update.update_id, context.copies))
        notified.set()

    number = DEFAULT_SHARES.per_minute + 1
    many = [structs.replace(request(one, chat_id=7), is_heavy=True) for one in range(1, number + 3)]
    killed = UpdateLeases(database=database, owner="killed").limit_messages
    for may_have_arrived in (False, True):
        await database.execute("DELETE FROM updates")
        results = await updates.store_updates(database, many)
        assert [one for one, result in results.items() if result is StoreResult.FIRST_LIMITED] == [number]
        if may_have_arrived:
            assert await killed.begin(number) == 0
        await database.execute("UPDATE updates SET lease_until = now() - interval '1 s' WHERE error <> ''")
        notified.clear()
        async with start(_handle_nothing, send=send):
            await notified.wait()
            await until(lambda: database.fetchval("SELECT bool_and(error IS NULL) FROM updates"))
        assert await killed.begin(number) is None
    assert sent == [(number, 0), (number, 1)], "the second one may be a repeat"
    kept = await database.fetchval("SELECT payload FROM updates WHERE update_id = $1", number)
    assert kept == f'{{"update_id": {number}}}'


async def test_who_asks_more_than_a_share_holds_up_nobody_else_however_many_they_are(
    database: Database, start: Start
) -> None:
    may_end, begun = asyncio.Event(), asyncio.Semaphore(0)

    async def handle(lease: UpdateLease) -> None:
        if lease.chat_id != 1:
            begun.release()
            await may_end.wait()

    loud = [request(1_000 + n, chat_id=n) for n in range(2, 100)]
    quiet = request(1, chat_id=1)
    await updates.store_updates(database, [*loud, quiet])
    async with start(handle) as update_queue:
        for one in loud:
            for _ in range(DEFAULT_SHARES.per_minute + 2):
                update_queue.receive(one, StoreResult.LIMITED)
            update_queue.receive(one, StoreResult.NEW)
        for _ in range(HEAVY_USER_WORKERS):
            await begun.acquire()
        update_queue.receive(quiet, StoreResult.NEW)
        await until(lambda: database.fetchval("SELECT state = 'done' FROM updates WHERE chat_id = 1"))
        may_end.set()
        await until(lambda: all_finished(database))


@pytest.mark.parametrize("is_left_behind", [False, True])
async def test_newcomers_hold_up_nobody_else_however_many_they_are(
    database: Database, *, is_left_behind: bool
) -> None:
    may_end, begun = asyncio.Event(), asyncio.Semaphore(0)

    async def handle(lease: UpdateLease) -> None:
        if lease.chat_id != 1:
            begun.release()
            await may_end.wait()

    async def newcomers(chat_ids: Collection[int]) -> Collection[int]:
        return [chat_id for chat_id in chat_ids if chat_id > 1]

    many, known = [request(1_000 + n, chat_id=n) for n in range(2, 100)], request(1, chat_id=1)
    await updates.store_updates(database, [*many, known])
    use = RecentUse(newcomers=Newcomers(newcomers))
    if not is_left_behind:  # by another instance, which alone knew who they are
        await use.newcomers.learn(range(100))
    leases = UpdateLeases(database=database, owner="one")
    update_queue, stop = UpdateQueue(leases, handle, handle, _tell_nobody, use), Stop()
    async with asyncio.TaskGroup() as group:
        group.create_task(update_queue.run(stop, workers=4))
        for one in [] if is_left_behind else many:
            update_queue.receive(one, StoreResult.NEW)
        for _ in range(4):
            await begun.acquire()
        if not is_left_behind:
            update_queue.receive(known, StoreResult.NEW)
        await until(lambda: database.fetchval("SELECT state = 'done' FROM updates WHERE chat_id = 1"))
        may_end.set()
        await until(lambda: all_finished(database))
        stop.set()


async def test_an_update_that_was_stored_with_its_lease_is_handled_without_another(
    database: Database, start: Start
) -> None:
    handled: list[tuple[int, int]] = []

    async def handle(lease: UpdateLease) -> None:
        handled.append((lease.update_id, lease.attempts))

    async with start(handle, "one") as update_queue:
        await until(lambda: _true(update_queue.lease_owner == "one"))
        received = [
            ReceivedUpdate(update_id=n, chat_id=7, payload=f'{{"update_id": {n}}}') for n in range(1, 4)
        ]
        stored = await updates.store_updates(database, received, owner=update_queue.lease_owner)
        assert [*stored.values()] == [StoreResult.LEASED, StoreResult.NEW, StoreResult.NEW]
        for update in received:
            update_queue.receive(update, stored[update.update_id])
        await until(lambda: all_finished(database))
    assert handled == [(1, 1), (2, 1), (3, 1)]
    assert update_queue.lease_owner is None


@pytest.mark.parametrize("waits_for_limits", [True, False])
async def test_updates_are_stored_with_leases_as_long_as_they_begin_soon(
    database: Database, start: Start, *, waits_for_limits: bool
) -> None:
    begun, may_end = asyncio.Semaphore(0), asyncio.Event()

    async def handle(lease: UpdateLease) -> None:
        if waits_for_limits:
            leave_worker()
        begun.release()
        await may_end.wait()

    many = [request(1_000 + n, chat_id=n) for n in range(1, 101)]
    await updates.store_updates(database, many)
    async with start(handle) as update_queue:
        for one in many:
            update_queue.receive(one, StoreResult.NEW)
        for _ in range(100 if waits_for_limits else 4):
            await begun.acquire()
        assert update_queue.lease_owner == ("one" if waits_for_limits else None)
        may_end.set()
        await until(lambda: all_finished(database))
        await until(lambda: _true(update_queue.lease_owner == "one"))


async def test_with_as_many_in_progress_as_may_wait_updates_are_stored_without_leases(
    database: Database, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.intake.update_queue.MAX_WAITING_UPDATES", 8)
    begun, may_end = asyncio.Semaphore(0), asyncio.Event()

    async def handle(lease: UpdateLease) -> None:
        leave_worker()
        begun.release()
        await may_end.wait()

    async with start(handle) as update_queue:
        for count in range(1, 11):
            one = request(1_000 + count, chat_id=count)
            await updates.store_updates(database, [one])
            update_queue.receive(one, StoreResult.NEW)
            await begun.acquire()
            assert (update_queue.lease_owner is None) == (count >= 8)
        may_end.set()
        await until(lambda: all_finished(database))


async def test_an_update_that_is_leased_while_its_chat_is_asked_for_is_handled_once(
    database: Database, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    handled: list[int] = []
    take = update_leases.lease_next_updates
    update = ReceivedUpdate(update_id=1, chat_id=7, payload='{"update_id": 1}')

    async def handle(lease: UpdateLease) -> None:
        handled.append(lease.update_id)

    async def take_late(database: Database, chats: list[int], *, owner: str) -> dict[int, UpdateLease]:
        if not handled:
            stored = await updates.store_updates(database, [update], owner=owner)
            update_queue.receive(update, stored[1])
        return await take(database, chats, owner=owner)

    monkeypatch.setattr(update_leases, "lease_next_updates", take_late)
    async with start(handle, "one") as update_queue:
        update_queue.enqueue(7)
        await until(lambda: _true(bool(handled)))
        await until(lambda: all_finished(database))
        await asyncio.sleep(0.1)  # the second time came at once
    assert handled == [1]


async def test_a_chat_that_another_instance_works_on_is_looked_at_once_more(
    database: Database, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.intake.update_queue.ABANDONED_SECONDS", 60.0)
    await arrive(database, 1)
    other = await lease_next_update(database, chat_id=7, owner="other")
    assert other is not None
    handled: list[int] = []

    async def handle(lease: UpdateLease) -> None:
        handled.append(lease.update_id)

    async with start(handle, "one") as update_queue:
        await arrive(database, 2)
        update_queue.enqueue(7)
        await asyncio.sleep(0.05)
        await update_leases.finish_updates(database, {1: None}, owner="other")
        await until(lambda: all_finished(database))
    assert handled == [2]


async def _true(fact: bool) -> bool:  # noqa: FBT001 - for `until`
    return fact
