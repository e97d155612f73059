"""/help, unknown commands, pasted addresses and other words."""

import pytest

from sandbox.telegram.shapes import User
from tests.bot.conftest import WHALE, Town

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


async def test_it_lists_the_commands(town: Town, alice: User) -> None:
    told = await town.ask(alice.id, "/help")
    assert "/watch ADDRESS name: follow a wallet" in told
    assert "/stats" not in told


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("/frobnicate now", "I do not know /frobnicate"),
        ("good morning", "I did not understand"),
        ("x" * 4_000, "more than 1,000 characters"),
    ],
)
async def test_what_it_does_not_know_is_told(town: Town, alice: User, words: str, answer: str) -> None:
    assert answer in await town.ask(alice.id, words)


async def test_a_pasted_address_is_offered_follow_scan_and_balance(town: Town, alice: User) -> None:
    offered = await town.asked(alice.id, WHALE)
    seq = town.telegram.ledger.last
    await town.press(alice.id, offered, "🐋 Follow")
    assert "I now follow" in ((await town.said(alice.id, seq)).text or "")
