"""Scans of the sandbox's tokens, from the question to the card in the chat."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bench.telegram_links import links
from domain.jobs import QuestionKind
from domain.security.mints import TOKEN_PROGRAM
from messaging.sending import rate_limiter
from runtime import clock
from sandbox.actors.config import TOKENS, SimulationConfig, StrategyName, WhalePlan
from sandbox.chain.faults import Fault
from tests.workers.questions.asking import QUIET, Asking, asking
from workers.questions.security_scan import HANDLER
from workers.token_scans import token_scan

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


async def test_a_token_without_a_ruler_is_judged_by_who_holds_it(alice: Asking) -> None:
    free = next(token for token in alice.sandbox.simulation.tokens if token.symbol == "KRILL")
    card = await scan(alice, str(free.mint))
    assert card.splitlines()[0] == "🛡 KRILL · grade F"
    assert "✅ Control" in card
    assert "top holder: One holder has" in card
    assert "creator's share: The creator holds" in card
    assert "age: It is less than an hour old." in card


async def test_a_token_whose_maker_burned_most_of_it_is_only_young(alice: Asking) -> None:
    clean = next(token for token in alice.sandbox.simulation.tokens if token.symbol == "MITTEN")
    card = await scan(alice, str(clean.mint))
    assert card.splitlines()[0] == "🛡 MITTEN · grade C"
    assert "✅ Control" in card
    assert "✅ Holders" in card
    assert "age: It is less than an hour old." in card


CROWD = tuple(
    WhalePlan(name=f"Buyer {at}", strategy=StrategyName.HOLDER, sentence="buys once") for at in range(22)
)
GROWTH = 1.265
"""Of what each pays: no four of them pay nearly the same, and five do not pay most of all."""
MUCH_LATER = timedelta(days=40)


async def test_a_good_token_that_no_list_names_gets_an_a(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody has power over it, nearly all of it is burned or in a pool for good, and people trade it."""
    tokens = tuple(plan for plan in TOKENS if plan.symbol in {"USDC", "MITTEN", "LEVIATHAN"})
    config = replace(QUIET, simulation=SimulationConfig(tokens=tokens, whales=CROWD, retail=0))
    async with asking(postgres_url, config) as alice:
        simulation = alice.sandbox.simulation
        good = next(token for token in simulation.tokens if token.symbol == "MITTEN")
        for at, whale in enumerate(simulation.whales):
            simulation.buy(whale, good, int(10**8 * GROWTH**at))
            await alice.sandbox.next_block()
        for _ in range(5):
            await alice.sandbox.next_block()
        await alice.context.database.execute(
            "INSERT INTO dollar_prices (chain, mint, signature, usd, seen_at, source)"
            " VALUES ('sandbox', 'SOL', 'feed', 200, now(), 'feed')"
        )
        monkeypatch.setattr(clock, "now", lambda: datetime.now(UTC) + MUCH_LATER)
        card = await scan(alice, str(good.mint))
    assert card.splitlines()[0] == "🛡 MITTEN · grade A", card
    families = ("Control", "Identity", "Holders", "Liquidity", "Trading", "Creator")
    assert all(f"✅ {family}" in card for family in families)


async def test_the_checks_of_the_mint_come_first_and_the_card_grows(alice: Asking) -> None:
    mint = str(alice.sandbox.simulation.tokens[1].mint)
    alice.sandbox.chain.faults.add(Fault(fault="stall_answer", seconds=0.12, times=None))
    await scan(alice, mint)
    (first, *_, last) = alice.sandbox.telegram.ledger.since(kind="edit", chat_id=alice.chat_id)
    assert "Control" in (first.text or "")
    assert "Reading on…" in (first.text or "")
    assert "Reading on…" not in (last.text or "")


async def test_many_who_ask_at_once_cause_one_scan(alice: Asking) -> None:
    mint = str(alice.sandbox.simulation.tokens[1].mint)
    readings = await asyncio.gather(*(token_scan(alice.context, mint) for _ in range(20)))
    assert len({reading.read_at for reading in readings}) == 1


async def test_a_hostile_name_is_harmless(alice: Asking) -> None:
    for number, token in enumerate(alice.sandbox.simulation.tokens):
        card = await scan(alice, str(token.mint), update_id=number + 1)
        assert "\u202e" not in card
        assert [one for one in links(card) if not one.startswith("timestamp")] == []  # our own times
        (*_, edit) = alice.sandbox.telegram.ledger.since(kind="edit", chat_id=alice.chat_id)
        assert edit.message is not None
        assert {entity.type for entity in edit.message.entities} <= {
            "bold",
            "code",
            "date_time",
            "expandable_blockquote",
        }


async def test_a_second_look_within_minutes_tells_what_was_found_then(alice: Asking) -> None:
    mint = str(alice.sandbox.simulation.tokens[1].mint)
    first = await scan(alice, mint)
    assert await scan(alice, mint, update_id=2) == first


async def test_a_program_is_said_to_be_no_token(alice: Asking) -> None:
    assert "is not a token" in await scan(alice, TOKEN_PROGRAM)


async def test_a_wallet_gets_a_card_of_its_own(alice: Asking) -> None:
    simulation = alice.sandbox.simulation
    whale, token = simulation.whales[0], simulation.token("MITTEN")
    simulation.buy(whale, token, 10**9)
    simulation.sell(whale, token)
    for _ in range(5):
        await alice.sandbox.next_block()
    card = await scan(alice, whale.address)
    assert "a wallet, not a token" in card
    assert "🟢 owner: It is a plain wallet: only its key moves its SOL." in card
    assert "🟢 delegations: Nobody else may move its tokens." in card
    assert "Unknown ≠ safe." in card
