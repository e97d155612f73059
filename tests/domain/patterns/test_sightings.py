"""What detectors read."""

from decimal import Decimal

from msgspec import structs

from domain.activity.activity import SOL, Activity, Kind, Leg, TradePrice
from domain.patterns.sightings import Action, PastOfAddress, Sighting, sightings_of


def test_what_is_not_known_is_none() -> None:
    seen = Sighting("a", 1.0, Action.BUY)
    assert (seen.usd, seen.before, seen.after, seen.book) == (None, None, None, None)
    assert PastOfAddress(None).passed_on == 0


COIN, OTHER = Leg(mint="WIF", raw=100, decimals=6), Leg(mint="BONK", raw=7, decimals=5)
MONEY = Leg(mint=SOL, raw=10**9, decimals=9)
BUY = Activity(
    chain="solana",
    signature="s",
    slot=1,
    block_time=None,
    wallet="a",
    kind=Kind.BUY,
    paid=(MONEY,),
    received=(COIN,),
    token_before=0,
    token_after=100,
)


def read(activity: Activity, market_cap: str | None = None) -> list[Sighting]:
    worth = None if market_cap is None else Decimal(market_cap)
    return sightings_of(activity, usd=Decimal(5), market_cap=worth, at=2.0, event_id=3)


def test_a_purchase_says_what_there_was_before() -> None:
    (seen,) = read(BUY)
    assert seen == Sighting("a", 2.0, Action.BUY, "WIF", 5.0, before=0, after=100, event_id=3)


def test_token_for_token_is_a_sale_and_a_purchase() -> None:
    found = read(structs.replace(BUY, kind=Kind.SWAP, paid=(OTHER,)))
    assert [(one.action, one.mint, one.after) for one in found] == [
        (Action.SELL, "BONK", None),
        (Action.BUY, "WIF", None),
    ]


def test_a_swap_says_what_is_left_of_what_it_gave_and_what_there_is_of_what_it_got() -> None:
    swap = structs.replace(BUY, kind=Kind.SWAP, paid=(OTHER,), given_before=9)
    priced = structs.replace(
        swap, price=TradePrice(token="WIF", quote="BONK", quote_decimals=5, fill=Decimal(1))
    )
    for one in (swap, priced):
        sold = read(one)[0]
        assert (sold.mint, sold.before, sold.after) == ("BONK", 9, 2)
    assert read(priced)[1].after == 100
    assert read(structs.replace(swap, given_before=6))[0].before is None, "less than it gave"
    assert read(structs.replace(swap, paid=(OTHER, MONEY)))[0].after == 2


def test_a_transfer_names_the_other_side_and_whether_any_exchange_takes_the_token() -> None:
    sent = structs.replace(BUY, kind=Kind.TRANSFER_OUT, paid=(COIN,), received=(), counterparty="b")
    assert [(one.action, one.party, one.is_small) for one in read(sent, "9999999")] == [
        (Action.SENT, "b", True)
    ]
    assert not read(sent, "10000000")[0].is_small
    assert not read(sent)[0].is_small
    assert read(structs.replace(sent, bridge="Wormhole"))[0].party == ""
    sol = read(structs.replace(sent, paid=(MONEY,)), "5")[0]
    assert (sol.lamports, sol.is_small) == (10**9, False)


def test_money_that_comes_in_counts_and_what_strangers_scatter_does_not() -> None:
    got = structs.replace(BUY, kind=Kind.TRANSFER_IN, paid=(), received=(MONEY,), counterparty="b")
    assert [(one.action, one.party, one.by_itself) for one in read(got)] == [(Action.GOT, "b", False)]
    assert read(structs.replace(got, received=(COIN,))) == []
    assert read(structs.replace(got, kind=Kind.MINT)) == []


def test_other_things_that_a_wallet_does_show_that_it_lives() -> None:
    (seen,) = read(structs.replace(BUY, kind=Kind.STAKE))
    assert (seen.action, seen.mint, seen.by_itself) == (Action.OTHER, "", True)
    assert not read(structs.replace(BUY, kind=Kind.STAKE, is_signer=False))[0].by_itself
