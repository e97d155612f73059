"""A choice that carries on with a command.
Tokens as people name them.
The question which followed wallet is meant.
"""

from dataclasses import replace

import pytest
from telegram import InlineKeyboardMarkup

from bot.dialog.choice import Choice, Option, ask_token, ask_wallet, mints_named
from bot.dialog.request import Request
from domain.activity.activity import WRAPPED_SOL
from domain.rules.rules import Watch
from runtime import clock
from services.services import Services
from storage.chats.sessions import Memos
from storage.redis import open_redis
from tests.bot.conftest import OTHER_WHALE, WHALE

CHOICE = Choice(
    command="rules",
    before="Moby only",
    after="max 50k",
    options=(Option(value="MINT", name="WIF"), Option(value="OTHER", name="WIF 2")),
)
WIF = "EKpQGSJtjMFqKZ9KQanSqYXRcF8fBopzLHYxdM65zcjm"


def test_an_option_fills_the_gap_and_the_rest_is_kept() -> None:
    assert CHOICE.words(0) == "Moby only MINT max 50k"
    assert CHOICE.words(1) == "Moby only OTHER max 50k"


def test_words_that_are_not_there_leave_no_blanks() -> None:
    choice = Choice(command="mute", options=(Option(value="ADDRESS", name="Moby"),))
    assert choice.words(0) == "ADDRESS"


@pytest.mark.services
@pytest.mark.parametrize(
    ("word", "mints"),
    [
        ("WIF", [WIF]),
        ("$wif", [WIF]),
        (WIF, [WIF]),
        (f"https://birdeye.finance/token/{WIF}?chain=solana", [WIF]),
        ("SOL", [WRAPPED_SOL]),
        ("NOPE", []),
        ("", []),
    ],
)
async def test_a_token_is_found_by_symbol_mint_or_link(
    services: Services, request_to_mute: Request, word: str, mints: list[str]
) -> None:
    assert await mints_named(request_to_mute, services, word) == mints


@pytest.mark.services
async def test_without_redis_the_command_is_to_be_written(
    services: Services, request_to_mute: Request
) -> None:
    client = open_redis("redis://127.0.0.1:1/0")
    away = replace(services, memos=Memos(client))
    reply = await ask_token(request_to_mute, away, "WIF", [WIF, WRAPPED_SOL], after="1h")
    assert f"/mute {WIF} 1h" in reply.text
    assert reply.keyboard is None
    await client.aclose()


def watch(number: int, wallet: str) -> Watch:
    return Watch(
        watch_id=number,
        chat_id=5,
        topic_id=0,
        chain="solana",
        wallet=wallet,
        label="Moby",
        created_at=clock.now(),
    )


@pytest.mark.services
async def test_wallets_of_one_name_are_distinguished_by_address(
    services: Services, request_to_mute: Request
) -> None:
    both = [watch(1, WHALE), watch(2, OTHER_WHALE)]
    reply = await ask_wallet(request_to_mute, services, both, among=both)
    assert reply.text == "Several wallets are called Moby. Which one?"
    assert isinstance(reply.keyboard, InlineKeyboardMarkup)
    names = [button.text for row in reply.keyboard.inline_keyboard for button in row]
    assert names == ["Moby So11…1112", "Moby Toke…Q5DA"]
