"""The balance card tells everything held to the last unit, and what is not known."""

from datetime import UTC, datetime
from decimal import Decimal

from domain.activity.activity import SOL
from domain.activity.amounts import BalanceFacts, Holding
from domain.security.mints import TokenName
from messaging.telegram.texts.balance import MAX_HOLDINGS, balance_card, balance_failed

NOW = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
USDC = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"
OWNER = "7vfCXTUXx5WJV5JADk17DUJ4ksgau7utNKj4b963voxs"
MINT = "9Jt3ZxeoLnDEYmFgad9J5vFcPzyHwfMsNDXmKL2GKy6D"


def facts(*holdings: Holding, lamports: int = 1_500_000_000) -> BalanceFacts:
    return BalanceFacts(address=OWNER, lamports=lamports, holdings=holdings, slot=341_220_118)


def card(read: BalanceFacts, symbol: str | None = None, sol: int | None = None) -> str:
    known = {MINT: TokenName(mint=MINT, symbol=symbol, name=None, decimals=6)} if symbol else {}
    dollars = {} if sol is None else {SOL: Decimal(sol)}
    return balance_card(read, chain="solana", names=known, read_at=NOW, label="Toly", dollars=dollars)


def test_label_sol_tokens_slot_and_address_are_shown() -> None:
    text = card(facts(Holding(mint=MINT, raw=38_410_250_001, decimals=6)), symbol="MITTEN")
    assert text.splitlines()[0] == "💰 <b>Toly</b> holds 1.5 SOL"
    assert "• 38,410.250001 MITTEN" in text
    assert "Read at slot 341,220,118" in text
    assert text.endswith(f"<code>{OWNER}</code>")


def test_dollars_are_unknown_not_zero() -> None:
    assert "Dollar values: the price of SOL is unknown" in card(facts())


def test_what_has_a_price_is_in_dollars_and_what_has_none_is_not_counted() -> None:
    dollars = Holding(mint=USDC, raw=250 * 10**6, decimals=6)
    lines = card(facts(dollars, Holding(mint=MINT, raw=5, decimals=0)), sol=140).splitlines()
    assert lines[0] == "💰 <b>Toly</b> holds 1.5 SOL ($210)"
    assert "• 250 USDC ($250)" in lines
    assert "Worth $460. Other tokens aren't counted." in lines
    assert "Worth $460." in card(facts(dollars), sol=140).splitlines()


def test_nothing_is_said_as_nothing() -> None:
    text = card(facts(lamports=0))
    assert "holds 0 SOL" in text
    assert "No tokens." in text


def test_a_token_without_a_name_is_called_by_its_mint_and_a_frozen_one_is_marked() -> None:
    text = card(facts(Holding(mint=MINT, raw=5, decimals=0, frozen=True)))
    assert "• 5 9Jt3…Ky6D · ❄️ frozen" in text


def test_a_wallet_full_of_spam_stays_readable() -> None:
    many = [Holding(mint=f"mint{number:040}", raw=1, decimals=0) for number in range(500)]
    text = card(facts(*many))
    assert f"… and {500 - MAX_HOLDINGS} more tokens." in text
    assert len(text) < 4_096


def test_an_unreadable_balance_is_unknown() -> None:
    assert "is unknown" in balance_failed(OWNER)
