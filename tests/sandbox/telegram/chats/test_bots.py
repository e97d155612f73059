"""Tokens and the bots behind them."""

import pytest
from telegram.error import (
    BadRequest,
    InvalidToken,
)

from sandbox.telegram import FloodLimits, SandboxTelegram, TelegramConfig
from tests.sandbox.telegram.stage import client

pytestmark = pytest.mark.enable_socket


async def test_any_well_formed_token_takes_over_the_waiting_bot() -> None:
    async with SandboxTelegram(TelegramConfig(limits=FloodLimits(enabled=False))) as telegram:
        alice = telegram.known_users()[0]
        telegram.people.send(alice.id, "/start before the bot is there")
        async with client(telegram, "42:any-well-formed-token") as bot:
            [update] = await bot.get_updates()
            assert update.message is not None
            assert update.message.text == "/start before the bot is there"
            assert bot.id == 42
        async with client(telegram, "43:a-second-bot") as second:
            assert await second.get_updates() == ()
            with pytest.raises(BadRequest, match="Chat not found"):
                await second.send_message(alice.id, "who are you?")


async def test_a_revoked_token_stays_worthless_and_another_of_the_bot_works() -> None:
    tokens = ("77:the-old-token", "77:the-new-token")
    async with SandboxTelegram(TelegramConfig(tokens=tokens)) as telegram:
        alice = telegram.people.add_user("Alice", started=True)
        old, new = (client(telegram, token) for token in tokens)
        async with old:
            telegram.revoke(tokens[0])
            for _ in range(2):
                with pytest.raises(InvalidToken):
                    await old.send_message(alice.id, "x")
        async with new:
            await new.send_message(alice.id, "x")
