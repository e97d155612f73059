"""The alert of a token that became dangerous: the gravest in the first line."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from domain.security.safety import Danger, SafetyChanged, TokenState
from messaging.telegram.texts.alert import alert_text
from messaging.telegram.texts.alert_kind import AlertFacts

NOW = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
MINT = "9Jt3ZxeoLnDEYmFgad9J5vFcPzyHwfMsNDXmKL2GKy6D"
BEFORE = TokenState(
    slot=1, supply=1_000, fee=100, liquidity=Decimal(4_400_000), creator_raw=5, free_holders=("whale",)
)
AFTER = TokenState(
    slot=341_220_118,
    supply=1_400,
    fee=2_000,
    liquidity=Decimal(12_000),
    creator_raw=0,
    frozen_holders=("whale", "other"),
)


def text(*dangers: Danger, symbol: str | None = "WIF") -> list[str]:
    event = SafetyChanged(chain="solana", mint=MINT, dangers=dangers, before=BEFORE, after=AFTER)
    facts = AlertFacts(event=event, label="", symbols={MINT: symbol}, happened_at=NOW, age=1.0)
    return alert_text(facts).splitlines()


@pytest.mark.parametrize(
    ("danger", "words"),
    [
        (Danger.LIQUIDITY, "lost its liquidity: $4.4M → $12K"),
        (Danger.FROZEN, "is frozen: it cannot be sold at present"),
        (Danger.HOLDERS, "was frozen in a followed wallet: freeze abuse, any holder may be next"),
        (Danger.REMINTED, "was minted again: 40% more of it"),
        (Danger.FEE, "takes 20% of each transfer now, 1% before"),
        (Danger.CREATOR, "was left by its creator, who sold or moved all of it"),
        (Danger.HOOK, "asks another program at each transfer now, which may refuse sales"),
    ],
)
def test_the_first_line_says_what_happened(danger: Danger, words: str) -> None:
    assert text(danger)[0].startswith("🚨 <b>WIF ⚠️ fake</b> ")
    assert text(danger, symbol="MITTEN")[0] == f"🚨 <b>MITTEN</b> {words}"


def test_the_rest_stands_below_with_the_slot_and_the_mint() -> None:
    lines = text(Danger.LIQUIDITY, Danger.FEE, symbol="MITTEN")
    assert lines[1] == "🚨 MITTEN takes 20% of each transfer now, 1% before"
    assert "slot 341,220,118" in lines[2]
    assert lines[-1] == f"<code>{MINT}</code>"


def test_a_hostile_symbol_is_harmless() -> None:
    assert "<i>" not in "\n".join(text(Danger.FEE, symbol="<i>x"))
