"""A token's market as it is read from what everybody did."""

from domain.activity.activity import SOL, Activity, Kind, Leg
from domain.security.market import Payment, Trade, market_of

MINT = "mint"


def leg(mint: str, raw: int) -> Leg:
    return Leg(mint=mint, raw=raw, decimals=None)


def activity(
    kind: Kind, *, paid: tuple[Leg, ...] = (), received: tuple[Leg, ...] = (), **more: object
) -> Activity:
    values = {
        "chain": "solana",
        "signature": "s",
        "slot": 5,
        "block_time": 100,
        "wallet": "a",
        "is_signer": True,
    }
    return Activity(kind=kind, paid=paid, received=received, **(values | more))  # type: ignore[arg-type]


def test_purchases_and_sales_for_sol_are_trades() -> None:
    buy = activity(Kind.BUY, paid=(leg(SOL, 7),), received=(leg(MINT, 70),))
    sale = activity(Kind.SELL, paid=(leg(MINT, 70),), received=(leg(SOL, 6),), signature="t", slot=4)
    market = market_of([buy, sale, buy], MINT, first_slot=4)
    assert market.trades == (
        Trade(at=100.0, slot=4, trader="a", is_buy=False, lamports=6, tokens=70),
        Trade(at=100.0, slot=5, trader="a", is_buy=True, lamports=7, tokens=70),
    )
    assert market.first_slot == 4


def test_other_tokens_other_money_and_pools_are_no_trades() -> None:
    bought = (leg(MINT, 70),)
    assert not market_of(
        [
            activity(Kind.BUY, paid=(leg(SOL, 7),), received=(leg("other", 70),)),
            activity(Kind.SWAP, paid=(leg("other", 7),), received=bought, signature="u"),
            activity(Kind.BUY, paid=(leg(SOL, 7),), received=bought, signature="v", is_signer=False),
        ],
        MINT,
    ).trades


def test_a_payment_that_both_sides_tell_of_is_one() -> None:
    out = activity(Kind.TRANSFER_OUT, paid=(leg(SOL, 9),), counterparty="b")
    arrived = activity(Kind.TRANSFER_IN, received=(leg(SOL, 9),), counterparty="a", wallet="b")
    assert market_of([out, arrived], MINT).payments == (
        Payment(at=100.0, slot=5, payer="a", payee="b", lamports=9),
    )


def test_a_payment_to_many_is_known_from_those_who_were_paid() -> None:
    out = activity(Kind.TRANSFER_OUT, paid=(leg(SOL, 18),))
    arrived = [
        activity(Kind.TRANSFER_IN, received=(leg(SOL, 9),), counterparty="a", wallet=one)
        for one in ("b", "c")
    ]
    assert [payment.payee for payment in market_of([out, *arrived], MINT).payments] == ["b", "c"]


def test_a_block_without_time_is_dated_by_its_slot() -> None:
    buy = activity(Kind.BUY, paid=(leg(SOL, 7),), received=(leg(MINT, 70),), block_time=None)
    assert market_of([buy], MINT).trades[0].at == 2.0


def test_a_market_maker_who_signs_with_a_trader_has_not_traded() -> None:
    bought, money = (leg(MINT, 70),), (leg(SOL, 7),)
    trader = activity(Kind.BUY, paid=money, received=bought, fee=5_000)
    maker = activity(Kind.SELL, paid=bought, received=money, wallet="maker")
    assert [trade.trader for trade in market_of([maker, trader], MINT).trades] == ["a"]
    friend = activity(Kind.BUY, paid=money, received=bought, wallet="b")
    assert [trade.trader for trade in market_of([trader, friend], MINT).trades] == ["a", "b"]
