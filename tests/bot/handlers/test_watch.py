"""/watch and the button Follow."""

from dataclasses import replace

import pytest

from bot.connections import open_servers
from bot.dialog.reply import Reply
from bot.dialog.request import Request
from bot.handlers.watch import watch
from bot.services.accounts import Account
from bot.wiring import make_services
from chain.rpc.accounts import AccountKind
from domain.chats import ChatKind, ChatTarget
from runtime.settings.settings import Settings
from sandbox.telegram.shapes import User
from storage.postgres import Database
from tests.bot.conftest import OTHER_WHALE, WHALE, TelegramChats

pytestmark = pytest.mark.services

LOOK_ALIKES = ("7xKXtg2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU", "7xKX2g2CW87d97TXJSDpbD5jBkheTqA83TZRuJosgAsU")


@pytest.mark.usefixtures("bot")
async def test_it_follows_an_address_under_a_name(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    assert "I now follow My whale" in await chats.ask(alice.id, f"/watch {WHALE} My whale")
    assert "You follow My whale already" in await chats.ask(alice.id, f"/watch {WHALE}")
    assert await database.fetchval("SELECT label FROM watches") == "My whale"


@pytest.mark.usefixtures("bot")
async def test_without_an_address_the_next_message_is_taken_for_it(chats: TelegramChats, alice: User) -> None:
    assert "Which wallet" in await chats.ask(alice.id, "/watch")
    assert "is not a Solana address" in await chats.ask(alice.id, "that one")
    assert "I now follow Old friend" in await chats.ask(alice.id, f"{WHALE} Old friend")
    assert "I did not understand" in await chats.ask(alice.id, "thanks")


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("/watch 0x12345", "“0x12345” is not a Solana address"),
        (f"/watch {WHALE}x", "is not a Solana address"),
        ("/watch <b>bold</b>", "“<b>bold</b>” is not a Solana address"),
        (f"/watch {WHALE} {'long ' * 10}", "up to 32 characters"),
        (f"/watch {WHALE} https://scam.example", "cannot use that as a name"),
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
    assert "It looks like Real" in answer_text
    assert LOOK_ALIKES[0] in answer_text


class Known:
    """A chain on which one kind of account stands everywhere."""

    def __init__(self, account: Account) -> None:
        self._account = account

    async def kind(self, address: str) -> Account:
        del address
        return self._account


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
        (Account(kind=AccountKind.WALLET), "I now follow", 2),
        (Account(kind=AccountKind.ABSENT), "I now follow", 2),
        (Account(kind=None), "could not check", 2),
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
