"""Addresses pasted into a private chat."""

from dataclasses import replace

import pytest

from bot.connections import open_servers
from bot.dialog.request import Reply, Request
from bot.handlers.pasted import pasted
from bot.wiring import make_services
from chain.rpc.accounts import AccountKind
from domain.chats import ChatKind, ChatTarget
from domain.jobs import QuestionKind
from runtime.settings.settings import Settings
from sandbox.telegram.shapes import User
from services.accounts import Account
from storage.admin.switches import switch_off
from storage.postgres import Database
from tests.bot.conftest import OTHER_WHALE, WHALE, TelegramChats
from tests.bot.handlers.accounts import Known

pytestmark = pytest.mark.services


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    "text", [WHALE, f"https://solscan.io/account/{WHALE}", f"look at {WHALE} please", f"`{WHALE}`\u200b"]
)
async def test_an_address_is_offered_follow_and_balance(chats: TelegramChats, alice: User, text: str) -> None:
    offered = await chats.ask_message(alice.id, text)
    assert "What would you like to do?" in (offered.text or "")
    seq = chats.telegram.ledger.last
    await chats.press(alice.id, offered, "🐋 Follow")
    assert "✅ Following" in ((await chats.next_entry(alice.id, seq)).text or "")


@pytest.mark.usefixtures("bot")
async def test_a_list_is_followed_with_one_button(chats: TelegramChats, alice: User) -> None:
    offered = await chats.ask_message(alice.id, f"{WHALE} Moby\n{OTHER_WHALE} Dick")
    assert offered.text == "2 addresses found. Follow them all?"
    _, text = await chats.press_and_read_edit(alice.id, offered, "🐋 Follow all 2")
    assert "Following 2 new wallets." in text
    assert "Moby" in text


@pytest.mark.usefixtures("bot")
async def test_a_followed_wallet_is_known(chats: TelegramChats, alice: User) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    assert "Already following Moby" in await chats.ask(alice.id, WHALE)


async def paste(settings: Settings, account: Account) -> Reply:
    request = Request(
        update_id=1, target=ChatTarget(chat_id=5, kind=ChatKind.PRIVATE), user_id=5, message_id=1, words=WHALE
    )
    async with open_servers(settings) as servers:
        return await pasted(request, replace(make_services(settings, servers), accounts=Known(account)))


async def test_a_mint_is_not_scanned_while_scans_are_off(settings: Settings, database: Database) -> None:
    await switch_off(database, "scan", seconds=60, operator=1)
    reply = await paste(settings, Account(kind=AccountKind.MINT))
    assert "/scan is switched off until" in reply.text
    assert reply.question is None


async def test_a_mint_is_scanned(settings: Settings) -> None:
    reply = await paste(settings, Account(kind=AccountKind.MINT))
    assert "Scanning" in reply.text
    assert reply.question is not None
    assert (reply.question.kind, reply.question.subject) == (QuestionKind.SECURITY_SCAN, WHALE)


@pytest.mark.parametrize(
    ("account", "said", "buttons"),
    [
        (Account(kind=AccountKind.WALLET), "What would you like to do?", 2),
        (Account(kind=None), "What would you like to do?", 3),
        (Account(kind=AccountKind.PROGRAM), "This is a program", 0),
        (Account(kind=AccountKind.TOKEN_ACCOUNT, owner=OTHER_WHALE), OTHER_WHALE, 1),
    ],
)
async def test_what_stands_at_the_address_decides(
    settings: Settings, account: Account, said: str, buttons: int
) -> None:
    reply = await paste(settings, account)
    assert said in reply.text
    rows = reply.keyboard.to_dict()["inline_keyboard"] if reply.keyboard else []
    assert sum(len(row) for row in rows) == buttons
