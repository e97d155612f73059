"""The update writer: bounded, and no update takes others down with it."""

import asyncio
import time
from collections.abc import Collection, Sequence

import pytest
from msgspec import structs

from bot.intake import update_writer
from bot.intake.fair_queue import RecentUse
from bot.intake.newcomers import Newcomers
from bot.intake.update_writer import Overloaded, UpdateWriter
from domain.errors import DatabaseUnavailable
from runtime.clock import monotonic
from storage.chats.updates import ReceivedUpdate, StoreResult


def update(number: int, payload: str = "{}") -> ReceivedUpdate:
    return ReceivedUpdate(update_id=number, chat_id=7, payload=payload)


async def test_more_updates_than_may_wait_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(update_writer, "MAX_WAITING", 2)
    may_end = asyncio.Event()

    async def store_slowly(updates: Sequence[ReceivedUpdate]) -> dict[int, StoreResult]:
        await may_end.wait()
        return {one.update_id: StoreResult.NEW for one in updates}

    writer = UpdateWriter(store_slowly)
    async with asyncio.TaskGroup() as group:
        group.create_task(writer.store(update(1)))
        await asyncio.sleep(0.01)
        for number in (2, 3):
            group.create_task(writer.store(update(number)))
        await asyncio.sleep(0.01)
        with pytest.raises(Overloaded):
            await writer.store(update(4))
        may_end.set()
    await writer.store(update(4))


async def test_a_batch_that_is_refused_is_stored_one_by_one() -> None:
    kept: dict[int, str] = {}

    async def store_or_refuse(updates: Sequence[ReceivedUpdate]) -> dict[int, StoreResult]:
        if any("\x00" in one.payload for one in updates):
            raise ValueError("a null character")
        kept.update({one.update_id: one.payload for one in updates})
        return {one.update_id: StoreResult.NEW for one in updates}

    writer = UpdateWriter(store_or_refuse)
    await asyncio.gather(*(writer.store(update(n, "\x00" if n == 2 else "{}")) for n in (1, 2, 3)))
    assert kept.keys() == {1, 2, 3}
    assert (kept[1], kept[3]) == ("{}", "{}")
    assert "unreadable" in kept[2]


async def test_what_takes_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(update_writer, "STORE_SECONDS", 0.01)
    may_end = asyncio.Event()

    async def store_never(updates: Sequence[ReceivedUpdate]) -> dict[int, StoreResult]:
        del updates
        await may_end.wait()
        return {}

    with pytest.raises(DatabaseUnavailable):
        await UpdateWriter(store_never).store(update(1))
    may_end.set()
    await asyncio.sleep(0)


async def test_what_was_stored_after_its_sender_gave_up_is_handled_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(update_writer, "STORE_SECONDS", 0.01)
    may_end, both, failed = asyncio.Event(), asyncio.Event(), asyncio.Event()
    late: list[tuple[int, StoreResult]] = []

    async def store_late(updates: Sequence[ReceivedUpdate]) -> dict[int, StoreResult]:
        await may_end.wait()
        if any(one.update_id == 3 for one in updates):
            failed.set()
            raise DatabaseUnavailable("away")
        return {one.update_id: StoreResult.LEASED for one in updates}

    def receive_late(update: ReceivedUpdate, result: StoreResult) -> None:
        late.append((update.update_id, result))
        if len(late) == 2:
            both.set()

    writer = UpdateWriter(store_late, receive_late=receive_late)
    for number in (1, 2):
        with pytest.raises(DatabaseUnavailable):
            await writer.store(update(number))
    may_end.set()
    await both.wait()
    with pytest.raises(DatabaseUnavailable):
        await writer.store(update(3))
    await failed.wait()
    monkeypatch.setattr(update_writer, "STORE_SECONDS", 10.0)
    assert await writer.store(update(4)) is StoreResult.LEASED
    assert late == [(1, StoreResult.LEASED), (2, StoreResult.LEASED)]


async def test_a_result_that_comes_in_the_moment_of_the_timeout_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(update_writer, "STORE_SECONDS", 0.05)
    loop = asyncio.get_running_loop()
    is_stored: asyncio.Future[None] = loop.create_future()
    late: list[int] = []

    async def store_late(updates: Sequence[ReceivedUpdate]) -> dict[int, StoreResult]:
        await is_stored
        return {one.update_id: StoreResult.LEASED for one in updates}

    def store_at_last() -> None:
        """The writer is woken before the timeout, and runs after its time has come."""
        is_stored.set_result(None)
        time.sleep(0.1)

    writer = UpdateWriter(store_late, receive_late=lambda one, _: late.append(one.update_id))
    loop.call_later(0.01, store_at_last)
    assert await writer.store(update(1)) is StoreResult.LEASED
    assert await writer.store(update(1)) is StoreResult.LEASED
    assert late == []


async def test_only_requests_of_loud_chats_are_counted_against_their_shares() -> None:
    use, stored = RecentUse(), list[ReceivedUpdate]()

    async def store(updates: Sequence[ReceivedUpdate]) -> dict[int, StoreResult]:
        stored.extend(updates)
        return {one.update_id: StoreResult.NEW for one in updates}

    for _ in range(10):
        use.record(chat_id=7, user_id=0, at=monotonic())
    writer = UpdateWriter(store, use)
    for one in (
        update(1),
        structs.replace(update(2), is_request=True),
        structs.replace(update(3), chat_id=8, is_request=True),
    ):
        await writer.store(one)
    assert [one.is_heavy for one in stored] == [False, True, False]


async def test_who_is_a_newcomer_is_known_when_an_update_is_handed_on() -> None:
    async def store_at_once(updates: Sequence[ReceivedUpdate]) -> dict[int, StoreResult]:
        return {one.update_id: StoreResult.NEW for one in updates}

    async def everybody(chat_ids: Collection[int]) -> Collection[int]:
        await asyncio.sleep(0.01)
        return chat_ids

    use = RecentUse(newcomers=Newcomers(everybody))
    writer = UpdateWriter(store_at_once, use)
    await writer.store(structs.replace(update(1), is_request=True))
    assert 7 in use.newcomers
    await writer.store(structs.replace(update(2), chat_id=8))
    assert 8 not in use.newcomers, "what asks for nothing is not looked up"
