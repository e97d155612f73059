"""/help, unknown commands, pasted addresses and other words."""

import pytest

from sandbox.telegram.shapes import User
from tests.bot.conftest import OTHER_WHALE, TelegramChats

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


async def test_it_lists_the_commands(chats: TelegramChats, alice: User) -> None:
    answer_text = await chats.ask(alice.id, "/help")
    assert "/watch ADDRESS name: follow a wallet" in answer_text
    assert "/stats" not in answer_text


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("/frobnicate now", "/frobnicate is not a command. /help lists"),
        ("good morning", "Not understood"),
        ("/walets", "Did you mean /wallets?"),
        ("/track", "Did you mean /watch?"),
        ("/stat", "Did you mean /start?"),
        ("wallets", "Did you mean /wallets?"),
        ("/ wallets", "Did you mean /wallets?"),
        ("0x71C7656EC7ab88b098defB751B7401B5f6d8976F", "That is an Ethereum address"),
        ("toly.sol", "toly․sol can't be read at the moment"),
        (OTHER_WHALE.lower(), "lost its capital letters"),
        ("x" * 4_000, "more than 1,000 characters"),
    ],
)
async def test_an_unknown_command_or_text_gets_an_explanation(
    chats: TelegramChats, alice: User, words: str, answer: str
) -> None:
    assert answer in await chats.ask(alice.id, words)
