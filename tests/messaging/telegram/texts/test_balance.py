"""The balance card tells everything held to the last unit, what it is worth, and what is not known."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from domain.activity.activity import SOL
from domain.activity.amounts import BalanceFacts, Holding
from domain.security.mints import TokenName
from domain.tokens.market_price import PriceSource, TokenPrice, TokenPrices, UnknownPrice
from messaging.telegram.texts.balance import (
    MAX_HOLDINGS,
    Pricing,
    WalletBalance,
    balance_card,
    balance_failed,
    no_portfolio,
    portfolio_card,
)

NOW = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
USDC = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"
OWNER = "7vfCXTUXx5WJV5JADk17DUJ4ksgau7utNKj4b963voxs"
OTHER = "5Q544fKrFoe6tsEbD7S8EmxGTJYAKtTVhAW5Q5pge4j1"
MINT = "9Jt3ZxeoLnDEYmFgad9J5vFcPzyHwfMsNDXmKL2GKy6D"


def facts(
    *holdings: Holding, lamports: int = 1_500_000_000, staked: int | None = 0, address: str = OWNER
) -> BalanceFacts:
    return BalanceFacts(
        address=address, lamports=lamports, staked=staked, holdings=holdings, slot=341_220_118
    )


def price(mint: str, usd: str, *, seconds: int = 0, is_certain: bool = True) -> TokenPrice:
    at = NOW - timedelta(seconds=seconds)
    return TokenPrice(mint=mint, usd=Decimal(usd), source=PriceSource.POOL, read_at=at, is_certain=is_certain)


SOL_PRICE = price(SOL, "140")


def pricing(
    *known: TokenPrice, symbol: str | None = None, unknown: dict[str, UnknownPrice] | None = None
) -> Pricing:
    names = {MINT: TokenName(mint=MINT, symbol=symbol, name=None, decimals=6)} if symbol else {}
    prices = TokenPrices(known={one.mint: one for one in known}, unknown=unknown or {})
    return Pricing(chain="solana", names=names, prices=prices, now=NOW)


def card(read: BalanceFacts, given: Pricing | None = None) -> str:
    return balance_card(read, given or pricing(), read_at=NOW, label="Toly")


def test_label_sol_tokens_slot_and_address_are_shown() -> None:
    text = card(facts(Holding(mint=MINT, raw=38_410_250_001, decimals=6)), pricing(symbol="MITTEN"))
    assert text.splitlines()[0] == "💰 <b>Toly</b> holds 1.5 SOL"
    assert "• 38,410.250001 MITTEN" in text
    assert "Read at slot 341,220,118" in text
    assert text.endswith(f"<code>{OWNER}</code>")


def test_dollars_are_unknown_not_zero() -> None:
    assert "Dollar values: the price of SOL is unknown" in card(facts())


def test_what_has_a_price_is_in_dollars_and_what_has_none_is_not_counted() -> None:
    dollars = Holding(mint=USDC, raw=250 * 10**6, decimals=6)
    given = pricing(SOL_PRICE, price(USDC, "1"), unknown={MINT: UnknownPrice.NO_DOLLARS})
    lines = card(facts(Holding(mint=MINT, raw=5, decimals=0), dollars), given).splitlines()
    assert lines[0] == "💰 <b>Toly</b> holds 1.5 SOL ($210)"
    assert lines[1:3] == ["• 250 USDC ($250)", "• 5 9Jt3…Ky6D"]
    assert "Worth $460. Tokens without a price aren't counted." in lines
    assert "Worth $460." in card(facts(dollars), given).splitlines()


def test_the_most_valuable_comes_first_with_the_age_of_an_old_price() -> None:
    holdings = (Holding(mint=USDC, raw=10**6, decimals=6), Holding(mint=MINT, raw=3 * 10**6, decimals=6))
    given = pricing(SOL_PRICE, price(USDC, "1"), price(MINT, "2", seconds=7_200), symbol="MITTEN")
    lines = card(facts(*holdings), given).splitlines()
    assert lines[1:3] == ["• 3 MITTEN ($6) · price 2 h old", "• 1 USDC ($1)"]


def test_an_uncertain_price_says_so() -> None:
    given = pricing(SOL_PRICE, price(MINT, "2", is_certain=False))
    assert " ($10) · price uncertain" in card(facts(Holding(mint=MINT, raw=5, decimals=0)), given)


def test_staked_sol_is_counted_and_if_it_is_unknown_that_is_said() -> None:
    text = card(facts(staked=2_000_000_000), pricing(SOL_PRICE))
    assert "Staked: 2 SOL ($280)" in text
    assert "Worth $490." in text
    assert "Whether SOL is staked is unknown." in card(facts(staked=None), pricing(SOL_PRICE))


def test_nothing_is_said_as_nothing() -> None:
    text = card(facts(lamports=0))
    assert "holds 0 SOL" in text
    assert "No tokens." in text


def test_a_token_without_a_name_is_called_by_its_mint_and_a_frozen_one_is_marked() -> None:
    text = card(facts(Holding(mint=MINT, raw=5, decimals=0, frozen=True)))
    assert "• 5 9Jt3…Ky6D · ❄️ frozen" in text


def test_fakes_and_what_nobody_pays_for_are_left_out_and_counted() -> None:
    spam = [Holding(mint=f"mint{number:040}", raw=1, decimals=0) for number in range(3)]
    unknown = {one.mint: UnknownPrice.TOO_SMALL for one in spam}
    fake = Holding(mint=MINT, raw=10**9, decimals=0)
    text = card(facts(*spam, fake), pricing(SOL_PRICE, price(MINT, "1"), symbol="USDC", unknown=unknown))
    assert "•" not in text
    assert "Not listed: 3 tokens worth nothing, 1 fake of well-known tokens." in text
    assert "Worth $210." in text


def test_a_token_of_which_no_pool_was_seen_is_of_unknown_worth_and_not_worthless() -> None:
    given = pricing(SOL_PRICE, unknown={MINT: UnknownPrice.NO_POOL})
    text = card(facts(Holding(mint=MINT, raw=5, decimals=0)), given)
    assert "• 5 9Jt3…Ky6D" in text
    assert "Tokens without a price aren't counted." in text


def test_a_frozen_token_is_listed_whatever_it_is_worth() -> None:
    holding = Holding(mint=MINT, raw=5, decimals=0, frozen=True)
    given = pricing(SOL_PRICE, unknown={MINT: UnknownPrice.TOO_SMALL})
    assert "❄️ frozen" in card(facts(holding), given)


def test_a_wallet_full_of_tokens_stays_readable() -> None:
    many = [Holding(mint=f"mint{number:040}", raw=1, decimals=0) for number in range(500)]
    text = card(facts(*many))
    assert f"… and {500 - MAX_HOLDINGS} more tokens." in text
    assert len(text) < 4_096


def test_an_unreadable_balance_is_unknown() -> None:
    assert "is unknown" in balance_failed(OWNER)


def wallet(label: str, read: BalanceFacts | None, address: str = OWNER) -> WalletBalance:
    return WalletBalance(label=label, address=address, facts=read)


def test_a_portfolio_adds_up_wallets_and_lists_them_by_worth() -> None:
    dollars = Holding(mint=USDC, raw=250 * 10**6, decimals=6)
    wallets = [
        wallet("Ahab", facts(dollars, lamports=10**9)),
        wallet("Bela", facts(dollars, lamports=4 * 10**9, staked=10**9, address=OTHER), OTHER),
    ]
    lines = portfolio_card(wallets, pricing(SOL_PRICE, price(USDC, "1"))).splitlines()
    assert lines[:4] == [
        "💼 <b>2 wallets</b> hold 5 SOL ($700)",
        "Staked: 1 SOL ($140)",
        "• 500 USDC ($500)",
        "Worth $1,340.",
    ]
    assert lines[4:6] == ["Bela: $950", "Ahab: $390"]


def test_amounts_of_a_portfolio_are_short_and_those_of_a_balance_exact() -> None:
    whale = facts(Holding(mint=MINT, raw=542_482_399_141_240, decimals=6), lamports=5_675_164_862_588)
    text = portfolio_card([wallet("Ahab", whale)], pricing(symbol="KRILL"))
    assert text.splitlines()[:2] == ["💼 <b>1 wallet</b> holds 5,675 SOL", "• 542M KRILL"]
    assert "• 542,482,399.14124 KRILL" in card(whale, pricing(symbol="KRILL"))


def test_a_wallet_that_could_not_be_read_is_named_and_not_counted() -> None:
    text = portfolio_card([wallet("Ahab", facts()), wallet("Bela", None)], pricing(SOL_PRICE))
    assert "❔ Not read, so not counted: Bela" in text
    assert "Worth $210." in text


def test_a_portfolio_of_nothing_says_how_to_begin() -> None:
    assert "/watch" in no_portfolio()
