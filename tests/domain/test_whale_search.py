"""What a step of a whale search counts, and under whose address."""

from decimal import Decimal

import msgspec

from domain.activity.activity import SOL, Activity, Kind, Leg
from domain.whale_search import LAMPORTS, findings, moved_sol

USDC = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"
MINT = "DezXAZ8z7PnrnRJjz3wXBoRgixCa6xjnB7YaB1pPB263"


def sol(amount: int) -> Leg:
    return Leg(mint=SOL, raw=amount * LAMPORTS, decimals=9)


def activity(
    wallet: str, amount: int, *, signature: str = "s", kind: Kind = Kind.BUY, slot: int = 1
) -> Activity:
    return Activity(
        chain="sandbox",
        signature=signature,
        slot=slot,
        block_time=1_700_000_000 + slot,
        wallet=wallet,
        kind=kind,
        paid=(sol(amount),),
        received=(Leg(mint=MINT, raw=1, decimals=5),),
        venue=f"Venue {wallet}",
    )


def test_only_sol_counts_and_the_larger_side_of_it() -> None:
    assert moved_sol(activity("a", 5)) == 5 * LAMPORTS
    both = Activity(
        chain="c", signature="s", slot=1, block_time=None, wallet="a", kind=Kind.SWAP,
        paid=(sol(2), Leg(mint=MINT, raw=10**18, decimals=9)), received=(sol(3),),
    )  # fmt: skip
    assert moved_sol(both) == 3 * LAMPORTS


def test_dollars_count_as_the_sol_that_they_buy_where_its_price_is_known() -> None:
    usdc = Leg(mint=USDC, raw=4_000 * 10**6, decimals=6)
    bought = msgspec.structs.replace(activity("a", 5), paid=(usdc, sol(1)), received=())
    assert moved_sol(bought) == 1 * LAMPORTS
    assert moved_sol(bought, Decimal(200)) == 21 * LAMPORTS
    assert findings([bought], min_lamports=20 * LAMPORTS).sightings == ()
    (seen,) = findings([bought], min_lamports=20 * LAMPORTS, sol_usd=Decimal(200)).sightings
    assert seen.volume == 21 * LAMPORTS


def test_an_address_gathers_what_it_did_and_less_than_the_minimum_is_not_counted() -> None:
    found = findings(
        [
            activity("b", 10, signature="1", slot=7),
            activity("a", 30, signature="2", kind=Kind.TRANSFER_OUT, slot=8),
            activity("b", 50, signature="3", kind=Kind.SELL, slot=9),
            activity("c", 9, signature="4"),
        ],
        min_lamports=10 * LAMPORTS,
    )
    assert (found.swaps, found.transfers, found.volume) == (2, 1, 90 * LAMPORTS)
    first, second = found.sightings
    assert (first.address, second.address) == ("a", "b")
    assert (second.times_seen, second.volume, second.largest) == (2, 60 * LAMPORTS, 50 * LAMPORTS)
    assert (second.kinds, second.venues) == (frozenset({"buy", "sell"}), frozenset({"Venue b"}))
    assert (second.slot, second.block_time) == (9, 1_700_000_009)


def test_who_signs_for_the_other_side_of_a_trade_is_a_pool_and_left_out() -> None:
    author = msgspec.structs.replace(activity("author", 50), fee=5_000)
    pool = msgspec.structs.replace(
        activity("pool", 50), kind=Kind.SELL, paid=author.received, received=author.paid
    )
    alone = activity("alone", 20, signature="t")
    found = findings([author, pool, alone], min_lamports=1)
    assert [one.address for one in found.sightings] == ["alone", "author"]
    assert (found.swaps, found.volume) == (2, 70 * LAMPORTS)


def test_a_pool_of_one_transaction_counts_in_another_however_the_slots_are_cut_into_steps() -> None:
    author = msgspec.structs.replace(activity("author", 50), fee=5_000)
    pool = msgspec.structs.replace(
        activity("pool", 50), kind=Kind.SELL, paid=author.received, received=author.paid
    )
    later = activity("pool", 20, signature="t")
    together = findings([author, pool, later], min_lamports=1)
    apart = [
        *findings([author, pool], min_lamports=1).sightings,
        *findings([later], min_lamports=1).sightings,
    ]
    assert list(together.sightings) == apart


def test_each_pool_of_a_swap_through_two_is_left_out() -> None:
    other = "So1anaTokenOfTheOtherPoo1111111111111111111"
    author = msgspec.structs.replace(
        activity("author", 0),
        kind=Kind.SWAP,
        paid=(Leg(mint=MINT, raw=1, decimals=5),),
        received=(sol(30), Leg(mint=other, raw=1, decimals=5)),
        fee=5_000,
    )
    first = msgspec.structs.replace(activity("first", 30), received=author.paid)
    second = msgspec.structs.replace(
        activity("second", 30), kind=Kind.SELL, paid=author.received[1:], received=(sol(30),)
    )
    found = findings([author, first, second], min_lamports=1)
    assert [one.address for one in found.sightings] == ["author"]


def test_who_trades_on_the_same_side_in_one_transaction_is_no_pool() -> None:
    author = msgspec.structs.replace(activity("author", 50), fee=5_000)
    found = findings([author, activity("friend", 50)], min_lamports=1)
    assert [one.address for one in found.sightings] == ["author", "friend"]


def test_a_transaction_of_several_signers_counts_once() -> None:
    found = findings(
        [activity("a", 10), activity("b", 10, kind=Kind.SELL), activity("c", 10, kind=Kind.TRANSFER_IN)],
        min_lamports=1,
    )
    assert (found.swaps, found.transfers, found.volume) == (1, 0, 10 * LAMPORTS)
    assert [one.address for one in found.sightings] == ["a", "b", "c"]


def test_what_moves_no_sol_is_no_whale_even_without_a_minimum() -> None:
    assert findings([activity("a", 0)], min_lamports=0).sightings == ()
