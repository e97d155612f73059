"""/history, in the chat: all wallets, one of them, one token; pages turn in place."""

import pytest
from msgspec import structs

from domain.activity.activity import Activity, Kind
from sandbox.telegram.shapes import User
from storage.ingest.activities import Batch, store
from storage.postgres import Database
from tests.bot.conftest import TelegramChats
from tests.storage.sample_data import MINT, WHALE, fan_out_all, purchase

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]

OTHER = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"
ANOTHER_MINT = "9BB6NFEcjBCtnNLFko2FqVQBq8HHM13kCyYcdQbgpump"


def _event(number: int, **fields: object) -> Activity:
    return structs.replace(purchase(number), chain="solana", **fields)


async def _happened(database: Database, *events: Activity) -> None:
    await store(database, Batch(chain="solana", activities=events))
    await fan_out_all(database)


async def test_without_wallets_or_events_it_says_so(chats: TelegramChats, alice: User) -> None:
    assert "/watch" in await chats.ask(alice.id, "/history")
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    assert "Nothing was seen here yet" in await chats.ask(alice.id, "/history")
    assert "You follow no wallet called" in await chats.ask(alice.id, "/history Nemo")


async def test_the_latest_come_first_and_pages_turn_in_place(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    await _happened(database, *(_event(number) for number in range(10)))
    message = await chats.ask_message(alice.id, "/history Moby")
    lines = (message.text or "").splitlines()
    assert lines[0] == "📜 History, page 1, UTC"
    assert len(lines) == 9
    assert lines[1].startswith("14 Nov 22:13 🟢 Moby bought")
    _, text = await chats.press_and_read_edit(alice.id, message, "▶")
    assert text.startswith("📜 History, page 2, UTC\n")
    assert len(text.splitlines()) == 3


async def test_a_token_is_found_among_all_wallets(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    await chats.ask(alice.id, f"/watch {OTHER} Nemo")
    other = structs.replace(purchase(2).received[0], mint=ANOTHER_MINT)
    await _happened(
        database, _event(1), _event(2, received=(other,)), _event(3, wallet=OTHER, kind=Kind.MINT)
    )
    text = await chats.ask(alice.id, f"/history {MINT}")
    assert [line.split()[4] for line in text.splitlines()[1:]] == ["Nemo", "Moby"]
    assert len((await chats.ask(alice.id, f"/history {ANOTHER_MINT}")).splitlines()) == 2
    assert len((await chats.ask(alice.id, "/history")).splitlines()) == 4


async def test_another_chat_sees_nothing_of_it(
    chats: TelegramChats, alice: User, bob: User, database: Database
) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    await chats.ask(bob.id, f"/watch {OTHER} Nemo")
    await _happened(database, _event(1))
    assert "Nothing was seen here yet" in await chats.ask(bob.id, "/history")
