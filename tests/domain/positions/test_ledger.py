"""The fold: published vectors, the table of edge cases, and the laws that hold for every wallet."""

import gc
from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import permutations
from time import process_time
from typing import Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec import structs

from domain.activity.activity import SOL, Kind
from domain.positions.entries import Entry
from domain.positions.holdings import Holding
from domain.positions.ledger import Booked, Ledger
from tests.domain.positions.entries import OTHER, TOKEN, USDC, WALLET, buy, entry, sell

UNIT = 10**9
"""Lamports of one SOL, 10⁻⁹ dollars of one dollar."""


def _ledger_of(*entries: Entry, own: tuple[str, ...] = ()) -> Ledger:
    books = Ledger(own)
    list(books.fold(entries))
    return books


def _holding(*entries: Entry, own: tuple[str, ...] = ()) -> Holding:
    return _ledger_of(*entries, own=own).holding(WALLET, TOKEN)


def _raw(quantity: str) -> int:
    return int(Decimal(quantity) * UNIT)


def _trades(*rows: tuple[str, str, str]) -> list[Entry]:
    """Rows of (`buy` or `sell`, quantity, price of one), in SOL that costs a dollar."""
    made = []
    for at, (side, quantity, price) in enumerate(rows):
        worth = _raw(quantity) * int(price)
        trade = buy if side == "buy" else sell
        made.append(trade(at, _raw(quantity), worth, usd=worth))
    return made


def test_the_vector_of_codex() -> None:
    """https://docs.codex.io: buy 10 for $10, sell 4 for $8, buy 10 for $20, sell 16 for $32."""
    rows = (("buy", "10", "1"), ("sell", "4", "2"), ("buy", "10", "2"), ("sell", "16", "2"))
    realised = [(4, 6), (4, 26), (10, 0)]
    for length, (profit, cost) in zip((2, 3, 4), realised, strict=True):
        holding = _holding(*_trades(*rows[:length]))
        assert (holding.usd.realised, holding.usd.cost) == (profit * UNIT, cost * UNIT)
        assert (holding.sol.realised, holding.sol.cost) == (profit * UNIT, cost * UNIT)


ROTKI = (
    (("buy", "2", "10"), "0", "20"),
    (("sell", "1", "15"), "5", "10"),
    (("buy", "1", "30"), "5", "40"),
    (("sell", "1.5", "10"), "-10", "10"),
    (("buy", "3", "20"), "-10", "70"),
    (("sell", "2", "30"), "10", "30"),
    (("sell", "1.5", "10"), "-5", "0"),
    (("buy", "1", "10"), "-5", "10"),
    (("sell", "0.5", "5"), "-7.5", "5"),
    (("sell", "0.6", "5"), "-10", "0"),
    (("sell", "0.5", "5"), "-10", "0"),
)


@pytest.mark.parametrize("length", range(1, len(ROTKI) + 1))
def test_the_vector_of_rotki_with_the_unbacked_part_apart(length: int) -> None:
    """rotki's test_accounting_average_cost_basis; ours books no profit without a cost."""
    holding = _holding(*_trades(*(row for row, _, _ in ROTKI[:length])))
    _, realised, cost = ROTKI[length - 1]
    without_cost = {10: "0.5", 11: "3"}.get(length, "0")
    for basis in (holding.sol, holding.usd):
        assert (basis.realised, basis.cost) == (_raw(realised), _raw(cost))
        assert basis.without_cost == _raw(without_cost)


def test_the_same_entry_is_booked_once() -> None:
    trade = buy(1, 10, 100)
    assert _holding(trade, trade, trade).known == 10


def test_one_swap_books_a_sale_and_a_purchase_at_the_same_worth() -> None:
    swap = entry(2, Kind.SWAP, paid={TOKEN: 10}, received={"b": 7}, usd=300)
    books = _ledger_of(buy(1, 10, 100, usd=200), swap)
    assert books.holding(WALLET, TOKEN).usd.realised == 100
    assert (books.holding(WALLET, "b").known, books.holding(WALLET, "b").usd.cost) == (7, 300)


def test_money_is_never_a_position() -> None:
    books = Ledger()
    assert list(books.fold([entry(1, Kind.SWAP, paid={SOL: 10}, received={USDC: 20})])) == []


def test_network_fee_and_tip_are_no_part_of_the_cost() -> None:
    holding = _holding(buy(1, 10, 1_000, fee=5, tip=100), sell(2, 10, 2_000, fee=5, tip=50))
    assert (holding.fees, holding.sol.realised) == (160, 2_050 - 900)


@pytest.mark.parametrize(
    ("into", "back"),
    [
        (Kind.LIQUIDITY_ADD, Kind.LIQUIDITY_REMOVE),
        (Kind.LENDING_DEPOSIT, Kind.LENDING_WITHDRAW),
        (Kind.POSITION_OPEN, Kind.POSITION_CLOSE),
        (Kind.STAKE, Kind.UNSTAKE),
    ],
)
def test_a_receipt_that_is_given_back_lies_nowhere(into: Kind, back: Kind) -> None:
    """A pool's share is minted for what goes in, and burned for what comes out."""
    books = _ledger_of(
        buy(1, 10, 100),
        entry(2, into, paid={TOKEN: 10, SOL: 90}, received={"share": 7}),
        entry(3, back, paid={"share": 7}, received={TOKEN: 10, SOL: 95}),
    )
    share, token = books.holding(WALLET, "share"), books.holding(WALLET, TOKEN)
    assert (share.quantity, share.quantity_away, share.is_away) == (0, 0, False)
    assert (token.known, token.sol.cost, token.quantity_away) == (10, 100, 0)


def test_the_costs_of_a_swap_are_counted_once() -> None:
    books = _ledger_of(entry(1, Kind.SWAP, paid={TOKEN: 10}, received={"b": 7}, fee=5))
    assert books.holding(WALLET, TOKEN).fees + books.holding(WALLET, "b").fees == 5


def test_what_strangers_send_has_no_known_cost() -> None:
    holding = _holding(entry(1, Kind.TRANSFER_IN, received={TOKEN: 10}, counterparty=OTHER))
    assert (holding.known, holding.unknown, holding.sol.cost) == (0, 10, 0)


def test_a_transfer_out_is_no_sale_and_takes_its_cost_along() -> None:
    holding = _holding(buy(1, 10, 100), entry(2, Kind.TRANSFER_OUT, paid={TOKEN: 4}, counterparty=OTHER))
    assert (holding.known, holding.sol.cost, holding.sol.realised, holding.unpriced) == (6, 60, 0, 1)


def _own_transfer(quantity: int, **fields: Any) -> tuple[Entry, Entry]:
    sent = entry(5, Kind.TRANSFER_OUT, paid={TOKEN: quantity}, counterparty=OTHER, **fields)
    got = entry(5, Kind.TRANSFER_IN, received={TOKEN: quantity}, wallet=OTHER, counterparty=WALLET)
    return sent, got


@pytest.mark.parametrize("lines", [(0, 1), (1, 0), (0,), (1,)])
def test_between_own_wallets_the_cost_goes_along_whichever_side_is_read(lines: tuple[int, ...]) -> None:
    sides = _own_transfer(4)
    books = _ledger_of(buy(1, 10, 100), *(sides[line] for line in lines), own=(WALLET, OTHER))
    mine, others = books.holding(WALLET, TOKEN), books.holding(OTHER, TOKEN)
    assert (mine.known, mine.sol.cost) == (6, 60)
    assert (others.known, others.sol.cost, others.sol.realised) == (4, 40, 0)


def test_who_sends_to_several_wallets_at_once_gives_each_its_part_of_the_cost() -> None:
    sent = entry(5, Kind.TRANSFER_OUT, paid={TOKEN: 60}, pre={TOKEN: 100}, post={TOKEN: 40})
    others = [
        entry(5, Kind.TRANSFER_IN, received={TOKEN: raw}, wallet=wallet, counterparty=WALLET, pre={})
        for wallet, raw in (("second", 20), ("third", 30))
    ]
    for order in permutations([sent, *others]):
        books = _ledger_of(buy(1, 100, 1_000), *order, own=(WALLET, "second", "third"))
        found = [books.holding(wallet, TOKEN) for wallet in (WALLET, "second", "third")]
        assert [(one.known, one.unknown, one.sol.cost) for one in found] == [
            (40, 0, 400),
            (20, 0, 200),
            (30, 0, 300),
        ]


def test_what_a_token_withholds_from_a_transfer_is_part_of_the_cost_of_the_rest() -> None:
    sent = entry(5, Kind.TRANSFER_OUT, paid={TOKEN: 60}, counterparty=OTHER)
    got = entry(5, Kind.TRANSFER_IN, received={TOKEN: 57}, wallet=OTHER, counterparty=WALLET, pre={})
    books = _ledger_of(buy(1, 100, 1_000), sent, got, own=(WALLET, OTHER))
    others = books.holding(OTHER, TOKEN)
    assert (others.known, others.sol.quantity, others.sol.cost, others.lots) == (57, 57, 600, [(1, 57)])


def test_what_a_wallet_sends_to_itself_stays_as_it_is() -> None:
    out = entry(5, Kind.TRANSFER_OUT, paid={TOKEN: 60}, counterparty=WALLET)
    back = entry(6, Kind.TRANSFER_IN, received={TOKEN: 60}, counterparty=WALLET)
    for own in ((), (WALLET,)):
        holding = _ledger_of(buy(1, 100, 1_000), out, back, own=own).holding(WALLET, TOKEN)
        assert (holding.known, holding.unknown, holding.sol.cost) == (100, 0, 1_000)


def test_what_was_bought_for_an_own_wallet_agrees_with_what_that_one_shows() -> None:
    bought = entry(5, Kind.BUY, paid={SOL: 90}, elsewhere={TOKEN: 9}, elsewhere_to=OTHER)
    got = entry(5, Kind.TRANSFER_IN, received={TOKEN: 9}, wallet=OTHER, pre={TOKEN: 4}, post={TOKEN: 13})
    holding = _ledger_of(got, bought, own=(WALLET, OTHER)).holding(OTHER, TOKEN)
    assert (holding.known, holding.unknown, holding.sol.cost) == (9, 4, 90)


def test_what_was_bought_for_an_own_wallet_is_its_purchase_however_the_lines_are_read() -> None:
    bought = entry(
        5, Kind.BUY, paid={SOL: 90}, received={"dust": 1}, elsewhere={TOKEN: 9}, elsewhere_to=OTHER
    )
    got = entry(5, Kind.TRANSFER_IN, received={TOKEN: 9}, wallet=OTHER)
    for lines in permutations((got, bought)):
        assert _ledger_of(*lines, own=(WALLET, OTHER)).holding(OTHER, TOKEN).purchases == 1


def test_what_was_bought_for_an_own_wallet_is_booked_once_however_often_its_line_stands_there() -> None:
    bought = entry(5, Kind.BUY, paid={SOL: 90}, elsewhere={TOKEN: 9}, elsewhere_to=OTHER, fee=7)
    holding = _ledger_of(bought, bought, own=(WALLET, OTHER)).holding(OTHER, TOKEN)
    assert (holding.known, holding.sol.cost, holding.fees) == (9, 90, 7)


def test_a_wallet_that_is_not_named_as_own_gets_an_unknown_quantity() -> None:
    books = _ledger_of(buy(1, 10, 100), *_own_transfer(4))
    assert (books.holding(OTHER, TOKEN).known, books.holding(OTHER, TOKEN).unknown) == (0, 4)


def test_the_own_balance_before_a_sale_says_how_much_has_no_known_cost() -> None:
    holding = _holding(buy(1, 10, 100), sell(2, 20, 400, pre={TOKEN: 40}, post={TOKEN: 20}))
    assert (holding.known, holding.unknown) == (5, 15)
    assert (holding.sol.realised, holding.sol.without_cost) == (100 - 50, 300)


def test_staking_keeps_the_cost_and_its_end_realises_nothing() -> None:
    staked = entry(1, Kind.STAKE, paid={SOL: 100}, received={TOKEN: 90})
    assert _holding(staked).sol.cost == 100
    holding = _holding(staked, entry(2, Kind.UNSTAKE, paid={TOKEN: 90}, received={SOL: 120}))
    assert (holding.quantity, holding.sol.cost, holding.sol.realised) == (0, 0, 0)


@pytest.mark.parametrize(
    ("there", "back"),
    [
        (Kind.LIQUIDITY_ADD, Kind.LIQUIDITY_REMOVE),
        (Kind.LENDING_DEPOSIT, Kind.LENDING_WITHDRAW),
        (Kind.ORDER_OPEN, Kind.ORDER_CLOSE),
        (Kind.POSITION_OPEN, Kind.POSITION_CLOSE),
        (Kind.STAKE, Kind.UNSTAKE),
    ],
)
def test_what_is_put_away_comes_back_with_its_cost(there: Kind, back: Kind) -> None:
    holding = _holding(
        buy(1, 10, 100), entry(2, there, paid={TOKEN: 10}), entry(3, back, received={TOKEN: 10})
    )
    assert (holding.known, holding.unknown, holding.sol.cost, holding.sol.realised) == (10, 0, 100, 0)


def test_an_order_that_was_filled_sells_what_lay_in_it() -> None:
    filled = entry(3, Kind.SELL, from_order={TOKEN: 10}, received={SOL: 300})
    holding = _holding(buy(1, 10, 100), entry(2, Kind.ORDER_OPEN, paid={TOKEN: 10}), filled)
    assert (holding.quantity, holding.sol.realised) == (0, 200)


@pytest.mark.parametrize("own", [(), (WALLET, OTHER)])
def test_an_order_that_brought_nothing_takes_nothing_out_of_the_wallet(own: tuple[str, ...]) -> None:
    filled = entry(2, Kind.SELL, from_order={TOKEN: 10})
    holding = _holding(buy(1, 10, 100), filled, own=own)
    assert (holding.known, holding.sales, holding.sol.cost) == (10, 0, 100)


def test_what_was_bought_for_another_is_none_of_the_buyers() -> None:
    gift = entry(1, Kind.BUY, paid={SOL: 100}, elsewhere={TOKEN: 10}, elsewhere_to=OTHER)
    books = _ledger_of(gift)
    assert (books.holding(WALLET, TOKEN).quantity, books.holding(OTHER, TOKEN).quantity) == (0, 0)
    own = _ledger_of(gift, own=(WALLET, OTHER)).holding(OTHER, TOKEN)
    assert (own.known, own.sol.cost) == (10, 100)


def test_borrowed_tokens_have_no_cost_and_lent_back_ones_are_no_sale() -> None:
    borrowed = entry(1, Kind.LENDING_BORROW, received={TOKEN: 10})
    holding = _holding(borrowed, entry(2, Kind.LENDING_REPAY, paid={TOKEN: 10}))
    assert (holding.quantity, holding.sol.realised, holding.sol.without_cost) == (0, 0, 0)


def test_a_failed_transaction_changes_nothing() -> None:
    assert _holding(buy(1, 10, 100, failed=True)) == Holding()


def test_a_worth_is_not_divided_among_several_tokens() -> None:
    both = entry(1, Kind.BUY, paid={SOL: 100}, received={TOKEN: 1, "b": 1})
    assert _holding(both).unknown == 1


_QUANTITIES = st.integers(1, 1_000)


@st.composite
def _lives(draw: st.DrawFn) -> list[Entry]:
    """A wallet's trades and transfers of one token, with the balances that the chain shows."""
    balance, entries = draw(st.integers(0, 100)), []
    for at in range(draw(st.integers(1, 12))):
        kind = draw(st.sampled_from((Kind.BUY, Kind.SELL, Kind.TRANSFER_IN, Kind.TRANSFER_OUT)))
        is_in = kind in {Kind.BUY, Kind.TRANSFER_IN} or not balance
        quantity = draw(_QUANTITIES) if is_in else draw(st.integers(1, balance))
        after = balance + quantity if is_in else balance - quantity
        lamports = {SOL: draw(_QUANTITIES)} if kind in {Kind.BUY, Kind.SELL} else {}
        token = {TOKEN: quantity}
        entries.append(
            entry(
                at,
                kind if is_in == (kind in {Kind.BUY, Kind.TRANSFER_IN}) else Kind.TRANSFER_IN,
                paid=lamports if is_in and kind is Kind.BUY else {} if is_in else token,
                received=token if is_in else lamports if kind is Kind.SELL else {},
                slot=at // 4,
                position=at,
                pre={TOKEN: balance},
                post={TOKEN: after},
            )
        )
        balance = after
    return entries


def _states(entries: list[Entry]) -> list[tuple[str, int, int, int, int]]:
    books, found = Ledger(), []
    for booked in books.fold(entries):
        holding = books.holding(booked.entry.wallet, booked.mint)
        found.append(
            (
                booked.entry.signature,
                holding.known,
                holding.unknown,
                holding.sol.cost,
                holding.sol.realised + holding.sol.without_cost,
            )
        )
    return found


@settings(max_examples=150)
@given(_lives(), st.randoms(use_true_random=False))
def test_the_ledger_holds_what_the_chain_shows_and_the_order_of_reading_changes_nothing(
    entries: list[Entry], random: Any
) -> None:
    states = _states(entries)
    for state, one in zip(states, entries, strict=True):
        assert one.post is not None
        assert state[1] + state[2] == one.post[TOKEN]
    shuffled = list(entries)
    random.shuffle(shuffled)
    assert _states(shuffled) == states
    assert _states([*entries, *entries]) == states


@settings(max_examples=150)
@given(_lives())
@example([buy(1, 1_000, 1_000), sell(2, 985, 2_000), sell(3, 10, 500), sell(4, 5, 500), buy(5, 10, 10)])
def test_a_state_that_is_stored_after_each_entry_is_the_one_that_was_never_stored(
    entries: list[Entry],
) -> None:
    stored = Holding()
    for one in entries:
        ledger = Ledger(holdings={(WALLET, TOKEN): stored})
        for _ in ledger.book([one]):
            pass
        stored = msgspec.json.decode(msgspec.json.encode(ledger.holding(WALLET, TOKEN)), type=Holding)
    assert stored == _holding(*entries)


def test_the_sides_of_one_transaction_are_booked_in_the_same_way_in_any_order() -> None:
    entries = (buy(1, 10, 100), *_own_transfer(4))
    found = [
        _ledger_of(*shuffled, own=(WALLET, OTHER)).holding(OTHER, TOKEN) for shuffled in permutations(entries)
    ]
    assert all(one == found[0] for one in found)


def test_each_token_is_yielded_as_soon_as_it_is_booked() -> None:
    books = Ledger()
    seen: list[Booked] = []
    for booked in books.fold([buy(1, 10, 100), sell(4, 10, 100)]):
        seen.append(booked)
        assert booked.is_certain
    assert [
        (one.entry.signature, one.mint, one.was_held, one.sale and one.sale.held_seconds) for one in seen
    ] == [
        ("s1", TOKEN, False, None),
        ("s4", TOKEN, True, 3),
    ]


@pytest.mark.measures
def test_a_hundred_thousand_entries_take_two_seconds_of_the_processor() -> None:
    entries = [
        (buy if at % 3 else sell)(at, 1 + at % 97, 10 + at % 89, pre={f"{at % 50}": at}, usd=at)
        for at in range(100_000)
    ]
    assert min(_processor_seconds(entries) for _ in range(5)) < 2


def _processor_seconds(entries: Sequence[Entry]) -> float:
    """The processor time of a fold, without that of looking for garbage among what other tests have left."""
    gc.collect()
    gc.freeze()
    try:
        began = process_time()
        _ledger_of(*entries)
        return process_time() - began
    finally:
        gc.unfreeze()


@pytest.mark.parametrize("own", [(WALLET, "second"), ()])
@pytest.mark.parametrize("turned", [False, True])
def test_a_trade_between_two_wallets_of_one_owner_is_none_and_the_cost_goes_along(
    own: tuple[str, ...], *, turned: bool
) -> None:
    sold = sell(2, 10, 300, pre={TOKEN: 10}, post={TOKEN: 0})
    taken = structs.replace(buy(2, 10, 300, pre={TOKEN: 0}, post={TOKEN: 10}), wallet="second")
    both = [taken, sold] if turned else [sold, taken]
    books = Ledger(own)
    sales = [booked.sale for booked in books.fold([buy(1, 10, 100), *both]) if booked.sale is not None]
    mine, second = books.holding(WALLET, TOKEN), books.holding("second", TOKEN)
    assert (mine.quantity, second.quantity) == (0, 10)
    if own:
        assert (sales, mine.sol.realised, second.sol.cost) == ([], 0, 100)
    else:
        assert (len(sales), mine.sol.realised, second.sol.cost) == (1, 200, 300)


def _claim(at: int, quantity: int, **fields: Any) -> Entry:
    return entry(at, Kind.TRANSFER_IN, received={TOKEN: quantity}, is_claim=True, **fields)


def test_an_airdrop_has_a_bucket_of_its_own_and_wins_nothing() -> None:
    gift = entry(1, Kind.TRANSFER_IN, received={TOKEN: 30})
    holding = _holding(_claim(0, 60), gift, buy(2, 10, 1_000), sell(3, 50, 5_000))
    assert (holding.known, holding.unknown, holding.claimed) == (5, 45, 30)
    assert (holding.sol.realised, holding.sol.with_cost, holding.sol.without_cost) == (0, 500, 4_500)
    assert holding.sol.from_claims == 3_000
    ended = _holding(_claim(0, 60), sell(1, 60, 5_000))
    assert (ended.sol.realised, ended.sol.from_claims, ended.trips_ended, ended.trips_won) == (0, 5_000, 0, 0)


def test_what_was_claimed_moves_between_own_wallets_and_comes_back_from_pools() -> None:
    moved = entry(1, Kind.TRANSFER_OUT, paid={TOKEN: 40}, counterparty=OTHER)
    books = _ledger_of(_claim(0, 60), moved, own=(WALLET, OTHER))
    assert (books.holding(WALLET, TOKEN).claimed, books.holding(OTHER, TOKEN).claimed) == (20, 40)
    away = entry(1, Kind.LIQUIDITY_ADD, paid={TOKEN: 50})
    back = entry(2, Kind.LIQUIDITY_REMOVE, received={TOKEN: 55})
    holding = _holding(_claim(0, 60), away, back)
    assert (holding.unknown, holding.claimed) == (65, 60), "what a pool yields is no airdrop"


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["buy", "sell", "claim", "gift", "leave"]), st.integers(1, 50), st.integers(0, 90)
        ),
        max_size=12,
    )
)
def test_what_was_claimed_is_always_a_part_of_what_has_no_known_cost(
    rows: list[tuple[str, int, int]],
) -> None:
    made: dict[str, Callable[[int, int, int], Entry]] = {
        "buy": buy,
        "sell": sell,
        "claim": lambda at, raw, _: _claim(at, raw),
        "gift": lambda at, raw, _: entry(at, Kind.TRANSFER_IN, received={TOKEN: raw}),
        "leave": lambda at, raw, _: entry(at, Kind.TRANSFER_OUT, paid={TOKEN: raw}),
    }
    entries = [made[what](at, raw, sol) for at, (what, raw, sol) in enumerate(rows)]
    plain = _holding(*(structs.replace(one, is_claim=False) for one in entries))
    holding = _holding(*entries)
    assert 0 <= holding.claimed <= holding.unknown
    assert 0 <= holding.sol.from_claims <= holding.sol.without_cost
    assert (holding.known, holding.unknown) == (plain.known, plain.unknown), "nothing else changes"
    assert (holding.sol.realised, holding.sol.cost) == (plain.sol.realised, plain.sol.cost)
