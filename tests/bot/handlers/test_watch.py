"""/watch and the button Follow."""

from dataclasses import replace

import pytest
from msgspec import structs

from bot.connections import open_servers
from bot.dialog.request import Reply, Request
from bot.handlers.watch import watch
from bot.wiring import make_services
from chain.rpc.accounts import AccountKind
from domain.chats import ChatKind, ChatTarget
from runtime.settings.settings import Settings
from sandbox.telegram.shapes import User
from services.accounts import Account
from storage.ingest.activities import Batch, store
from storage.postgres import Database
from tests.bot.conftest import OTHER_WHALE, WHALE, Make, TelegramChats, running
from tests.bot.handlers.accounts import Known
from tests.storage.sample_data import purchase

pytestmark = pytest.mark.services

LOOK_ALIKES = ("7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU", "7xKX2g2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU")


@pytest.mark.usefixtures("bot")
async def test_it_follows_an_address_under_a_name(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    assert "Following My whale" in await chats.ask(alice.id, f"/watch {WHALE} My whale")
    assert "Already following My whale" in await chats.ask(alice.id, f"/watch {WHALE}")
    assert await database.fetchval("SELECT label FROM watches") == "My whale"


@pytest.mark.usefixtures("bot")
async def test_who_follows_a_busy_wallet_is_not_left_waiting_for_alerts(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    """A newcomer in whose first hour nothing comes would think that nothing works."""
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    trades = tuple(structs.replace(purchase(number, wallet=WHALE), chain="solana") for number in range(20))
    await store(database, Batch(chain="solana", activities=trades))
    await chats.ask(alice.id, f"/unwatch {WHALE}")
    assert "busy" not in await chats.ask(alice.id, f"/watch {WHALE} Moby"), "20 of 100"
    await chats.ask(alice.id, f"/unwatch {WHALE}")
    await chats.ask(alice.id, "/settings busy 20")
    answer_text = await chats.ask(alice.id, f"/watch {WHALE} Moby")
    assert "It is busy: after 20 events this hour the next ones come together at " in answer_text
    assert ":00 UTC. /settings busy off sends all at once." in answer_text


@pytest.mark.usefixtures("bot")
async def test_a_new_name_of_a_followed_wallet_is_said(chats: TelegramChats, alice: User) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Old")
    assert "Renamed Old → New" in await chats.ask(alice.id, f"/watch {WHALE} New")


@pytest.mark.usefixtures("bot")
async def test_a_link_a_list_and_odd_blanks_are_read(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    link = f"https://solscan.io/account/{WHALE}"
    assert "Following Moby" in await chats.ask(alice.id, f"/watch {link}\u00a0Moby")
    answer_text = await chats.ask(alice.id, f"/watch\n{WHALE} Moby\n`{OTHER_WHALE}`\tDick")
    assert "Following 1 new wallet." in answer_text
    assert "Already following 1 wallet of the list." in answer_text
    assert await database.fetchval("SELECT array_agg(label ORDER BY label) FROM watches") == ["Dick", "Moby"]


@pytest.mark.usefixtures("bot")
async def test_a_name_that_another_wallet_bears_is_pointed_out(chats: TelegramChats, alice: User) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    assert "⚠️ So11…1112 has this name, too" in await chats.ask(alice.id, f"/watch {OTHER_WHALE} Moby")


@pytest.mark.usefixtures("bot")
async def test_without_an_address_the_next_message_is_taken_for_it(chats: TelegramChats, alice: User) -> None:
    assert "Send the wallet address to follow" in await chats.ask(alice.id, "/watch")
    assert "is not a Solana address" in await chats.ask(alice.id, "that one")
    assert "Following Old friend" in await chats.ask(alice.id, f"{WHALE} Old friend")
    assert "Not understood" in await chats.ask(alice.id, "thanks")


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("/watch 0x12345", "“0x12345” is not a Solana address"),
        (f"/watch {WHALE}x", "is not a Solana address"),
        ("/watch <b>bold</b>", "“<b>bold</b>” is not a Solana address"),
        (f"/watch {WHALE} {'long ' * 10}", "Up to 32 characters"),
        (f"/watch {WHALE} https://scam.example", "can't be a name"),
    ],
)
async def test_what_cannot_be_followed_is_explained(
    chats: TelegramChats, alice: User, words: str, why: str
) -> None:
    assert why in await chats.ask(alice.id, words)


@pytest.mark.usefixtures("bot")
async def test_a_look_alike_of_a_followed_wallet_is_pointed_out(chats: TelegramChats, alice: User) -> None:
    await chats.ask(alice.id, f"/watch {LOOK_ALIKES[0]} Real")
    answer_text = await chats.ask(alice.id, f"/watch {LOOK_ALIKES[1]}")
    assert "Looks like Real" in answer_text
    assert LOOK_ALIKES[0] in answer_text


async def follow(settings: Settings, account: Account) -> Reply:
    request = Request(
        update_id=1, target=ChatTarget(chat_id=5, kind=ChatKind.PRIVATE), user_id=5, message_id=1, words=WHALE
    )
    async with open_servers(settings) as servers:
        services = replace(make_services(settings, servers), accounts=Known(account))
        return await watch(request, services)


@pytest.mark.parametrize(
    ("account", "why", "buttons"),
    [
        (Account(kind=AccountKind.WALLET), "✅ Following", 2),
        (Account(kind=AccountKind.ABSENT), "✅ Following", 2),
        (Account(kind=None), "Not checked", 2),
        (Account(kind=AccountKind.PROGRAM), "This is a program", 0),
        (Account(kind=AccountKind.MINT), "This is a token, not a wallet", 1),
        (Account(kind=AccountKind.TOKEN_ACCOUNT, owner=OTHER_WHALE), OTHER_WHALE, 1),
        (Account(kind=AccountKind.TOKEN_ACCOUNT), "This is a token account", 0),
    ],
)
async def test_what_stands_at_the_address_decides(
    settings: Settings, account: Account, why: str, buttons: int
) -> None:
    reply = await follow(settings, account)
    assert why in reply.text
    rows = reply.keyboard.to_dict()["inline_keyboard"] if reply.keyboard else []
    assert sum(len(row) for row in rows) == buttons


async def test_a_chat_follows_no_more_wallets_than_its_tier_allows(
    chats: TelegramChats, make_settings: Make, alice: User
) -> None:
    async with running(make_settings(WATCH_LIMITS="free=1,plus=2")):
        await chats.ask(alice.id, f"/watch {WHALE} Moby")
        assert "follows 1 wallet, the limit" in await chats.ask(alice.id, f"/watch {OTHER_WHALE} Dick")
        assert "Renamed Moby" in await chats.ask(alice.id, f"/watch {WHALE} Ahab")
