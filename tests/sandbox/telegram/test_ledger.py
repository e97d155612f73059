"""The ledger: numbers without holes, filters, waiting, and letting go of what is old."""

import asyncio

import pytest

from sandbox.telegram.ledger import Entry, Ledger


def write(ledger: Ledger, text: str, *, chat_id: int = 1, kind: str = "message") -> None:
    seq = ledger.next_seq()
    ledger.append(Entry(seq=seq, kind=kind, received_ms=1, at_ms=2, bot_id=3, chat_id=chat_id, text=text))


def texts(entries: list[Entry]) -> list[str | None]:
    return [entry.text for entry in entries]


def test_it_is_read_from_a_number_on_by_chat_and_kind() -> None:
    ledger = Ledger(100)
    write(ledger, "a")
    write(ledger, "b", chat_id=2)
    write(ledger, "c", kind="edit")
    write(ledger, "d")
    assert texts(ledger.since()) == ["a", "b", "c", "d"]
    assert texts(ledger.since(2)) == ["c", "d"]
    assert texts(ledger.since(chat_id=1, kind="message,edit")) == ["a", "c", "d"]
    assert texts(ledger.since(limit=1)) == ["a"]
    assert texts(ledger.messages(2)) == ["b"]
    assert (ledger.first, ledger.last) == (1, 4)


def test_it_keeps_the_newest_and_never_more_than_an_eighth_beyond() -> None:
    ledger = Ledger(80)
    for number in range(1_000):
        write(ledger, str(number))
        assert len(ledger.since()) <= 90
    assert texts(ledger.since())[-80:] == [str(number) for number in range(920, 1_000)]
    assert ledger.since(998)[0].seq == 999
    assert [entry.seq for entry in ledger.since()] == list(range(ledger.first, 1_001))


async def test_it_is_waited_for() -> None:
    ledger = Ledger(100)
    async with asyncio.TaskGroup() as tasks:
        any_news = tasks.create_task(ledger.wait(0, seconds=5))
        of_chat = tasks.create_task(ledger.wait(0, seconds=5, chat_id=2))
        wanted = tasks.create_task(ledger.wait_for(lambda entry: entry.text == "c", seconds=5))
        await asyncio.sleep(0)
        write(ledger, "a")
        await asyncio.sleep(0)
        write(ledger, "b", chat_id=2)
        await asyncio.sleep(0)
        write(ledger, "c")
    assert texts(any_news.result())[0] == "a"
    assert texts(of_chat.result()) == ["b"]
    assert wanted.result().seq == 3


async def test_waiting_ends_when_its_time_is_over() -> None:
    ledger = Ledger(100)
    assert await ledger.wait(0, seconds=0.01) == []
    with pytest.raises(TimeoutError):
        await ledger.wait_for(lambda _: True, seconds=0.01)
