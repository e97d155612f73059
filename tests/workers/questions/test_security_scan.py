"""Scans of the sandbox's tokens, from the question to the card in the chat."""

from collections.abc import AsyncIterator

import pytest

from bench.telegram_links import links
from domain.jobs import QuestionKind
from messaging.sending import rate_limiter
from tests.workers.questions.asking import Asking, asking
from workers.questions.security_scan import HANDLER

pytestmark = pytest.mark.services


@pytest.fixture(autouse=True)
def _talkative_chats(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a chat be answered as often as a test asks."""
    monkeypatch.setattr(rate_limiter, "_CHAT_INTERVAL", 0.001)


@pytest.fixture
async def alice(postgres_url: str) -> AsyncIterator[Asking]:
    async with asking(postgres_url) as run:
        yield run


async def scan(alice: Asking, subject: str, *, update_id: int = 1) -> str:
    number = await alice.ask(QuestionKind.SECURITY_SCAN, subject, update_id=update_id)
    await alice.attempt(number, HANDLER)
    assert await alice.state(number) == "answered"
    return alice.last_edit()


async def test_a_token_that_somebody_rules_gets_an_f_with_each_power_named(alice: Asking) -> None:
    ruled = next(token for token in alice.sandbox.simulation.tokens if token.symbol == "LEVIATHAN")
    card = await scan(alice, str(ruled.mint))
    assert card.splitlines()[0] == "🛡 LEVIATHAN · grade F"
    assert all(power in card for power in ("mint authority", "freeze authority", "permanent delegate"))


async def test_a_token_without_a_ruler_is_still_no_better_than_c(alice: Asking) -> None:
    free = next(token for token in alice.sandbox.simulation.tokens if token.symbol == "MITTEN")
    card = await scan(alice, str(free.mint))
    assert card.splitlines()[0] == "🛡 MITTEN · grade C"
    assert "Not checked yet: identity, holders" in card


async def test_a_hostile_name_is_harmless(alice: Asking) -> None:
    for number, token in enumerate(alice.sandbox.simulation.tokens):
        card = await scan(alice, str(token.mint), update_id=number + 1)
        assert "\u202e" not in card
        assert [one for one in links(card) if not one.startswith("timestamp")] == []  # our own times
        (*_, edit) = alice.sandbox.telegram.ledger.since(kind="edit", chat_id=alice.chat_id)
        assert edit.message is not None
        assert {entity.type for entity in edit.message.entities} <= {"bold", "code", "date_time"}


async def test_a_second_look_within_minutes_tells_what_was_found_then(alice: Asking) -> None:
    mint = str(alice.sandbox.simulation.tokens[1].mint)
    first = await scan(alice, mint)
    assert await scan(alice, mint, update_id=2) == first


async def test_a_wallet_is_said_to_be_no_token(alice: Asking) -> None:
    assert "is not a token" in await scan(alice, alice.sandbox.simulation.whales[0].address)
