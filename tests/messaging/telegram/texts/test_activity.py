"""The alert of an activity says who did what, how much, of what: in its first line, and then exactly."""

from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec import structs

from domain.activity.activity import SOL, Kind, Leg, TradePrice
from domain.activity.exchanges import EXCHANGES
from domain.activity.outcomes import Outcome
from domain.activity.prices import MarketFacts
from domain.alerts.late_facts import LateFacts
from domain.rules.rules import Display, Field
from domain.security.checks import Grade, GradeSummary, Verdict
from messaging.telegram.texts.alert import alert_text
from sandbox.telegram.formatting.html import parse_html
from tests.messaging.telegram.alert_samples import MINT, NOW, SOLS, TOKENS, WALLET, activity, facts, lines

BONK = "DezXAZ8z7PnrnRJjz3wXBoRgixCa6xjnB7YaB1pPB263"
PRICE = TradePrice(
    token=MINT,
    quote=SOL,
    quote_decimals=9,
    fill=Decimal("0.002192"),
    pool="pool",
    spot=Decimal("0.0022"),
    impact=Decimal("0.0032"),
    liquidity_quote=11_000 * 10**9,
)
MARKET = MarketFacts(
    usd=Decimal("15912.34"),
    price_usd=Decimal("0.4158"),
    market_cap=Decimal(412_345_678),
    liquidity=Decimal(4_412_345),
    token_created_at=NOW - timedelta(days=800),
)


def test_a_buy_reads_like_this() -> None:
    bought = activity(
        price=PRICE, token_before=0, token_after=38_410_250_000, tip=1_000_000, venue_fee=10_000_000
    )
    assert lines(bought, market=MARKET) == [
        "🟢 Toly-2 bought $15.9K of KRILL",
        "84.2 SOL → 38.4K KRILL @ $0.4142 · new position",
        "MC $412M · liq $4.41M · 2 y old · impact 0.3%",
        "Jupiter → Raydium · 14:03:07 UTC · Tx · Chart · Trade",
        "84.2 SOL → 38,410.25 KRILL @ 0.002192 SOL",
        "fee 0.01 SOL · tip 0.001 SOL · slot 341,220,118",
        MINT,
    ]


def test_a_buy_carries_the_grade_of_its_token_and_a_sell_does_not() -> None:
    summary = GradeSummary(
        grade=Grade.A,
        decided=18,
        of=19,
        control=Verdict.PASS,
        holders=Verdict.PASS,
        liquidity=Verdict.PASS,
    )
    line = "🛡 A · control ✓ holders ✓ liquidity ✓ (18/19)"
    late = LateFacts(grade=summary)
    assert line in lines(activity(price=PRICE), late=late)
    sold = activity(Kind.SELL, paid=(TOKENS,), received=(SOLS,), price=PRICE)
    assert line not in lines(sold, late=late)


def test_without_dollars_it_says_what_was_given_for_what() -> None:
    assert lines(activity()) == [
        "🟢 Toly-2 bought 38.4K KRILL for 84.2 SOL",
        "84.2 SOL → 38.4K KRILL @ 0.002192 SOL · dollars unknown",
        "Jupiter → Raydium · 14:03:07 UTC · Tx · Chart · Trade",
        "84.2 SOL → 38,410.25 KRILL @ 0.002192 SOL",
        "slot 341,220,118",
        MINT,
    ]


def test_exact_figures_stand_in_an_expandable_quotation() -> None:
    text, entities = parse_html(alert_text(facts(activity())))
    (quoted,) = [one for one in entities if one.type == "expandable_blockquote"]
    quotation = text.encode("utf-16-le")[quoted.offset * 2 :].decode("utf-16-le")
    assert quotation == f"84.2 SOL → 38,410.25 KRILL @ 0.002192 SOL\nslot 341,220,118\n{MINT}"


def test_a_sell_is_priced_in_what_came_in() -> None:
    sell = activity(Kind.SELL, paid=(TOKENS,), received=(SOLS,))
    assert lines(sell)[1] == "38.4K KRILL → 84.2 SOL @ 0.002192 SOL · dollars unknown"


def test_an_unknown_price_is_called_unknown_once() -> None:
    blind = Leg(mint=MINT, raw=5, decimals=None)
    said = lines(activity(received=(blind,)))
    assert said[1] == "84.2 SOL → 5 units (decimals unknown) of KRILL · price unknown"
    assert "\n".join(said).count("price unknown") == 1
    assert "dollars unknown" not in "\n".join(said)


def test_a_transfer_or_a_trade_with_dollars_calls_nothing_unknown() -> None:
    worth = MarketFacts(usd=Decimal(15_912))
    for one in (activity(), activity(Kind.SELL, paid=(TOKENS,), received=(SOLS,))):
        assert "unknown" not in "\n".join(lines(one, market=worth))
    assert "unknown" not in "\n".join(lines(activity(Kind.TRANSFER_IN, paid=())))


def test_the_time_is_an_entity_that_each_reader_sees_in_their_zone() -> None:
    kinds = {entity.type: entity for entity in parse_html(alert_text(facts(activity())))[1]}
    assert kinds["date_time"].unix_time == int(NOW.timestamp())
    assert kinds["code"].length == len(MINT)


def test_the_sandbox_has_no_links() -> None:
    assert "href" not in alert_text(facts(activity(chain="sandbox")))


def test_rent_next_to_a_token_is_shown_exactly_but_not_in_the_first_line() -> None:
    rent = Leg(mint=SOL, raw=2_039_280, decimals=9)
    sent = lines(activity(Kind.TRANSFER_OUT, paid=(rent, TOKENS), received=(), counterparty=WALLET))
    assert sent[0] == "📤 Toly-2 sent 38.4K KRILL to 7vfC…voxs"
    assert "0.00203928 SOL + 38,410.25 KRILL" in sent


def test_a_fill_tells_what_the_order_gave() -> None:
    filled = lines(activity(paid=(), from_order=(SOLS,)))
    assert filled[0] == "🟢 Toly-2 bought 38.4K KRILL for 84.2 SOL"
    assert filled[1] == "84.2 SOL → 38.4K KRILL @ 0.002192 SOL · filled by a limit order · dollars unknown"


def test_fees_and_tips_within_the_price_are_shown() -> None:
    text_lines = lines(activity(venue_fee=842_000_000, tip=1_000_000))
    assert "fee 0.842 SOL · tip 0.001 SOL · slot 341,220,118" in text_lines


def test_venues_stand_as_they_are_called() -> None:
    assert lines(activity(route=("Photon", "Pump.fun")))[2].startswith("Photon → Pump.fun · 14:03:07")


def test_a_chat_leaves_out_what_it_does_not_want_but_never_the_exact_figures() -> None:
    bought = activity(price=PRICE, token_before=0, token_after=38_410_250_000)
    display = Display(hidden=frozenset(Field), explorer="", chart="", trade="")
    assert lines(bought, market=MARKET, display=display) == [
        "🟢 Toly-2 bought $15.9K of KRILL",
        "84.2 SOL → 38.4K KRILL @ $0.4142",
        "14:03:07 UTC",
        "84.2 SOL → 38,410.25 KRILL @ 0.002192 SOL",
        "slot 341,220,118",
        MINT,
    ]


def test_a_buy_says_what_the_readers_would_get() -> None:
    price = structs.replace(PRICE, depth_quote=2_000 * 10**9, fee=Decimal("0.0025"))
    display = Display(size_usd=Decimal(500))

    def size_line(drift: str | None = None, kind: Kind = Kind.BUY, display: Display = display) -> str:
        late = LateFacts(drift=None if drift is None else Decimal(drift))
        bought = activity(kind, price=price)
        text = alert_text(facts(bought, market=MARKET, late=late, display=display))
        return next((line for line in text.splitlines() if line.startswith("💵")), "")

    assert size_line() == "💵 Your $500: 1,197 KRILL · impact 0.3% · 0.7% above its fill"
    late = "💵 Your $500 now: 1,073 KRILL · impact 0.3% · <b>too late: 12% above its fill</b>"
    assert size_line("0.12") == late
    assert size_line("-0.12").endswith("11% below its fill")
    assert size_line(kind=Kind.SELL) == size_line(display=Display()) == ""


@pytest.mark.parametrize(("price", "market"), [(None, MARKET), (PRICE, MARKET), (PRICE, MarketFacts())])
def test_a_buy_whose_pool_is_not_shown_says_so_and_one_without_dollars_says_that(
    price: TradePrice | None, market: MarketFacts
) -> None:
    display = Display(size_usd=Decimal(500))
    text = alert_text(facts(activity(price=price), market=market, display=display))
    assert ("Your $500: not known, the trade shows no pool" in text) == (market.usd is not None)


def test_what_the_chat_knows_of_its_token_stands_in_a_line_of_its_own() -> None:
    bought = activity(price=PRICE)
    outcome = Outcome(rotated_from=BONK, rotated_seconds=185)
    market = structs.replace(MARKET, outcome=outcome)
    assert lines(bought, market=market, others=2)[2] == (
        "rotated out of BONK, sold 3 min before · 2 others you follow hold it"
    )
    assert "1 other you follow holds it" in lines(bought, market=MARKET, others=1)


def test_an_exchange_is_named_as_the_other_side() -> None:
    address = next(iter(EXCHANGES))
    sent = activity(Kind.TRANSFER_OUT, received=(), counterparty=address)
    assert f"to {EXCHANGES[address]} (" in lines(sent)[0]


def test_a_transfer_of_a_token_tells_how_much_of_it_and_of_all_the_wallet_had() -> None:
    sent = structs.replace(
        activity(Kind.TRANSFER_OUT, paid=(TOKENS,), received=()), token_before=10, token_after=0
    )
    assert (
        lines(
            sent,
            late=LateFacts(book_share=Decimal("0.12")),
            market=structs.replace(MARKET, outcome=Outcome(sent_all=True)),
        )[1]
        == "all that it had of it · 12% of its book"
    )
