"""Chats that the bot hardly knows count as a few people together, and are looked up once."""

import asyncio
from collections.abc import Collection

import pytest

from bot.intake import newcomers as module
from bot.intake.newcomers import NEWCOMERS_AS_PEOPLE, FindNewcomers, Newcomers, use_of_one
from domain.errors import DatabaseUnavailable


class Lookup:
    """Says that chats above 100 are newcomers."""

    is_away = False

    async def __call__(self, chat_ids: Collection[int]) -> Collection[int]:
        if self.is_away:
            raise DatabaseUnavailable("away")
        return [chat_id for chat_id in chat_ids if chat_id > 100]


async def test_each_chat_is_looked_up_once_and_a_newcomer_again_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now, found = 1_000.0, Lookup()
    monkeypatch.setattr(module, "monotonic", lambda: now)
    known = Newcomers(found)
    assert known.unknown([1, 101, 1]) == {1, 101}
    await known.learn({1, 101})
    assert known.unknown([1, 101]) == set()
    assert (1 in known, 101 in known, 102 in known) == (False, True, False)
    now += module.AGAIN_SECONDS + 1
    assert known.unknown([1, 101]) == {101}


async def test_while_nobody_can_say_there_are_none_and_nobody_is_asked_for_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now, found = 1_000.0, Lookup()
    monkeypatch.setattr(module, "monotonic", lambda: now)
    known = Newcomers(found)
    found.is_away = True
    await known.learn([101])
    assert 101 not in known
    assert known.unknown([101]) == set()
    found.is_away = False
    now += module.PAUSE_SECONDS + 1
    assert known.unknown([101]) == {101}
    await known.learn([101])
    assert 101 in known


async def _hangs(_: Collection[int]) -> Collection[int]:
    await asyncio.Event().wait()
    return ()


async def _breaks(_: Collection[int]) -> Collection[int]:
    raise RuntimeError("column does not exist")


@pytest.mark.parametrize("find", [_hangs, _breaks])
async def test_a_look_up_that_hangs_or_breaks_holds_up_no_update(find: FindNewcomers) -> None:
    known = Newcomers(find)
    async with asyncio.timeout(5):
        await known.learn([101])
    assert (101 in known, known.unknown([101])) == (False, set())


async def test_the_longest_known_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_KNOWN", 10)
    known = Newcomers(Lookup())
    for chat_id in range(101, 121):
        await known.learn([chat_id])
    assert [chat_id for chat_id in range(101, 121) if chat_id in known] == [*range(111, 121)]


async def test_without_anybody_to_ask_there_are_none() -> None:
    known = Newcomers()
    await known.learn([101])
    assert 101 not in known


def test_all_together_count_as_so_many_people() -> None:
    assert NEWCOMERS_AS_PEOPLE > 1
    assert use_of_one(10.0) < 10.0
