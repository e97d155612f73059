"""What people read of a token's price."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from domain.activity.activity import SOL
from domain.activity.prices import DOLLAR_MINTS, DollarSource, ReadPrice
from domain.tokens.candles import ChartRange
from domain.tokens.market_price import PriceSource, TokenPrice, UnknownPrice
from messaging.telegram.escaping import plain
from messaging.telegram.texts.token import Holder, TokenFacts, not_set, price_card, token_card

NOW = datetime(2026, 11, 28, 14, 3, 7, tzinfo=UTC)
MINT = "9WzDXwBbmkg8ZTbNMqUxvQRAyrZzDsGYdLVL9zYtAWWM"


def facts(**changes: object) -> TokenFacts:
    price = TokenPrice(
        mint=MINT,
        usd=Decimal("0.414"),
        source=PriceSource.POOL,
        read_at=NOW,
        decimals=6,
        supply=10**15,
        liquidity=Decimal(4_400_000),
    )
    known: dict[str, object] = {
        "chain": "sandbox",
        "mint": MINT,
        "symbol": "TITHE",
        "name": "The Tithe",
        "price": price,
        "decimals": 6,
        "created_at": NOW - timedelta(days=800),
        "now": NOW,
        "venue": "Raydium",
        "changes": {ChartRange.HOUR: Decimal("-0.015"), ChartRange.DAY: Decimal("0.12")},
        "holders": [Holder(label="Ahab", wallet=MINT, raw=1_234_567_000_000)],
    }
    return TokenFacts(**(known | changes))  # type: ignore[arg-type]


def test_a_card_says_price_changes_market_source_and_holders() -> None:
    assert plain(token_card(facts())).split("\n") == [
        "TITHE $0.414 · The Tithe",
        "1h −1.5% · 24h +12%",
        "MC $414M · liq $4.4M · 2 y old",
        "Read 14:03:07 UTC from its deepest pool at Raydium",
        "Held by Ahab 1.23M",
        MINT,
    ]


def test_a_price_alone_leaves_out_who_holds_it() -> None:
    assert "Ahab" not in price_card(facts())
    assert plain(price_card(facts())).startswith("TITHE $0.414")


@pytest.mark.parametrize("why", list(UnknownPrice))
def test_what_is_not_known_is_said_once(why: UnknownPrice) -> None:
    text = plain(token_card(facts(price=why, changes={})))
    assert text.count("❔") == 1
    assert "$0" not in text
    assert "was not set" in not_set(facts(price=why))


def test_a_price_says_where_it_is_from_and_how_certain_it_is() -> None:
    sure = facts().price
    assert isinstance(sure, TokenPrice)
    uncertain = TokenPrice(mint=MINT, usd=sure.usd, source=PriceSource.POOL, read_at=NOW, is_certain=False)
    assert "Not certain" in token_card(facts(price=uncertain))
    traded = TokenPrice(mint=MINT, usd=sure.usd, source=PriceSource.TRADES, read_at=NOW - timedelta(hours=2))
    assert "From the last trade seen, 12:03:07" in plain(token_card(facts(price=traded)))


def _reading(**changes: object) -> ReadPrice:
    known = {"mint": SOL, "usd": Decimal(200), "published_at": int(NOW.timestamp()) - 12, "is_certain": True}
    return ReadPrice(**(known | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("mint", "reading", "said"),
    [
        (SOL, _reading(confidence=Decimal("0.3")), "From its feed, 12 s ago, ±0.1%"),
        (SOL, _reading(source=DollarSource.FILLS), "From what all traders got, 12 s ago"),
        (
            SOL,
            _reading(is_certain=False, elsewhere=Decimal(210)),
            "⚠️ Not certain: its feed said $200 12 s ago, others $210. Shown is the last price",
        ),
        (SOL, None, "From trades of the last hour"),
        (min(DOLLAR_MINTS), None, "Counted as a dollar"),
        (MINT, None, "By the rate of its staking pool"),
    ],
)
def test_the_price_of_money_says_source_age_and_how_sure_it_is(
    mint: str, reading: ReadPrice | None, said: str
) -> None:
    money = TokenPrice(mint=mint, usd=Decimal(200), source=PriceSource.MONEY, read_at=NOW)
    assert said in plain(price_card(facts(price=money, mint=mint, reading=reading)))


def test_where_no_price_of_sol_counts_it_says_what_contradicts() -> None:
    reading = _reading(source=DollarSource.POOLS, is_certain=False)
    card = price_card(facts(price=UnknownPrice.NO_DOLLARS, mint=SOL, changes={}, reading=reading))
    assert plain(card).endswith("⚠️ Not certain: its deepest pools said $200 12 s ago, nothing else says so")


def test_many_holders_are_counted_and_the_card_fits_under_a_picture() -> None:
    many = [Holder(label="W" * 32, wallet=MINT, raw=10**30) for _ in range(200)]
    text = plain(token_card(facts(holders=many, name="N" * 99, symbol="S" * 99)))
    assert "and 192 more" in text
    assert len(text) <= 1024
    assert "None of the wallets followed here" in token_card(facts(holders=[]))


def test_a_hostile_name_stays_text() -> None:
    text = token_card(facts(symbol="<b>x", name="</b>\u202e@evil t.me/x"))
    assert "<b>x" not in text.replace("<b>&lt;b&gt;x", "")
    assert "@evil" not in text
    assert "t.me/x" not in text
