"""A token's price from the question to the card and its chart in the chat, and an alert set on it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from domain.jobs import QuestionKind
from domain.tokens.candles import SeenPrice
from sandbox.telegram.shapes import Message
from storage.delivery.chat_alerts import price_alerts_of
from storage.market.candles import note_prices_read
from tests.workers.questions.asking import Asking, asking
from workers.questions.token import PRICE_HANDLER, TOKEN_HANDLER

pytestmark = pytest.mark.services


@pytest.fixture
async def alice(postgres_url: str) -> AsyncIterator[Asking]:
    async with asking(postgres_url) as run:
        yield run


@pytest.fixture
async def mint(alice: Asking) -> str:
    """A token of the sandbox that rose from $2 to $2.5 within eighty minutes."""
    mint = str(alice.sandbox.simulation.token("MITTEN").mint)
    now = datetime.now(UTC)
    prices = [
        SeenPrice(chain="sandbox", mint=mint, usd=Decimal(usd), at=now - timedelta(minutes=ago))
        for ago, usd in ((80, "2"), (55, "2.2"), (30, "1.9"), (3, "2.5"))
    ]
    await note_prices_read(alice.context.database, prices)
    for _ in range(5):
        await alice.sandbox.next_block()
    return mint


async def answered(alice: Asking, kind: QuestionKind, subject: str, *, update_id: int = 1) -> Message:
    number = await alice.ask(kind, subject, update_id=update_id)
    await alice.attempt(number, TOKEN_HANDLER if kind is QuestionKind.TOKEN else PRICE_HANDLER)
    assert await alice.state(number) == "answered"
    entry = alice.sandbox.telegram.ledger.since(kind="edit")[-1]
    assert entry.message is not None
    return entry.message


async def test_the_card_of_a_token_comes_with_its_chart(alice: Asking, mint: str) -> None:
    message = await answered(alice, QuestionKind.TOKEN, f"{mint} 0l")
    caption = message.caption or ""
    assert caption.startswith("MITTEN $2.5")
    assert "1h +13%" in caption
    assert "MC $" in caption
    assert "From the last trade seen" in caption
    assert "None of the wallets followed here" in caption
    assert (message.photo[-1].width, message.photo[-1].height) == (1080, 720)
    assert message.reply_markup is not None
    assert "🌙 Dark" in str(message.reply_markup)


async def test_what_is_no_token_has_words_and_no_chart(alice: Asking) -> None:
    message = await answered(alice, QuestionKind.TOKEN, "7vfCXTUXx5WJV5JADk17DUJ4ksgau7utNKj4b963voxs 1d")
    assert "There is no such token" in (message.text or "")
    assert message.photo == ()


async def test_a_price_comes_in_few_lines(alice: Asking, mint: str) -> None:
    message = await answered(alice, QuestionKind.PRICE, mint)
    assert (message.text or "").splitlines()[0] == "MITTEN $2.5 · cat in mittens"
    assert "Chart" in str(message.reply_markup)


async def test_an_alert_starts_from_the_price_now(alice: Asking, mint: str) -> None:
    """One whose price is reached already waits until it has come back; asked for again, it is the same."""
    cases = [
        ("percent 0.1", "every 10%, counted from $2.5", True),
        ("above 2", "above $2", False),
        ("above 2", "above $2", False),
    ]
    for update_id, (words, waits, _) in enumerate(cases, 1):
        message = await answered(alice, QuestionKind.PRICE, f"{mint} {words}", update_id=update_id)
        assert waits in (message.text or "")
    found = await price_alerts_of(alice.context.database, chat_id=alice.chat_id, topic_id=0, chain="sandbox")
    assert [one.is_armed for one in found] == [armed for _, _, armed in cases[:2]]
    assert {(one.mint, one.anchor) for one in found} == {(mint, Decimal("2.5"))}


async def test_without_a_price_no_alert_is_set(alice: Asking) -> None:
    other = str(alice.sandbox.simulation.token("TITHE").mint)
    message = await answered(alice, QuestionKind.PRICE, f"{other} percent 0.1")
    assert "was not set" in (message.text or "")
    assert (
        await price_alerts_of(alice.context.database, chat_id=alice.chat_id, topic_id=0, chain="sandbox")
        == []
    )
