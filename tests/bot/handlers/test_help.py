"""/help, unknown commands, pasted addresses and other words."""

import pytest

from sandbox.telegram.shapes import User
from tests.bot.conftest import WHALE, TelegramChats

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


async def test_it_lists_the_commands(chats: TelegramChats, alice: User) -> None:
    answer_text = await chats.ask(alice.id, "/help")
    assert "/watch ADDRESS name: follow a wallet" in answer_text
    assert "/stats" not in answer_text


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("/frobnicate now", "I do not know /frobnicate"),
        ("good morning", "I did not understand"),
        ("x" * 4_000, "more than 1,000 characters"),
    ],
)
async def test_an_unknown_command_or_text_gets_an_explanation(
    chats: TelegramChats, alice: User, words: str, answer: str
) -> None:
    assert answer in await chats.ask(alice.id, words)


async def test_a_pasted_address_is_offered_follow_scan_and_balance(chats: TelegramChats, alice: User) -> None:
    offered = await chats.ask_message(alice.id, WHALE)
    seq = chats.telegram.ledger.last
    await chats.press(alice.id, offered, "🐋 Follow")
    assert "I now follow" in ((await chats.next_entry(alice.id, seq)).text or "")
