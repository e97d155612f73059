"""Tokens as people name them."""

from dataclasses import replace

import pytest

from bot.dialog.request import Request
from bot.dialog.tokens import ask_token, mints_named
from bot.services.services import Services
from domain.activity.activity import WRAPPED_SOL
from storage.chats.memos import Memos
from storage.redis import open_redis

pytestmark = pytest.mark.services
WIF = "EKpQGSJtjMFqKZ9KQanSqYXRcF8fBopzLHYxdM65zcjm"


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


async def test_without_redis_the_command_is_to_be_written(
    services: Services, request_to_mute: Request
) -> None:
    client = open_redis("redis://127.0.0.1:1/0")
    away = replace(services, memos=Memos(client))
    reply = await ask_token(request_to_mute, away, "WIF", [WIF, WRAPPED_SOL], after="1h")
    assert f"/mute {WIF} 1h" in reply.text
    assert reply.keyboard is None
    await client.aclose()
