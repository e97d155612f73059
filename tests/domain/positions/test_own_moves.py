"""Which of two wallets of one owner sent what to the other in a transaction."""

from typing import Any

from domain.activity.activity import SOL, Kind
from domain.positions.entries import Entry
from domain.positions.own_moves import OwnMove, own_moves
from tests.domain.positions.entries import TOKEN, entry

AHAB, BELA, CLEO = OWN = ("Ahab", "Bela", "Cleo")


def _sent(wallet: str, raw: int, counterparty: str | None, **fields: Any) -> Entry:
    paid = {TOKEN: raw}
    return entry(1, Kind.TRANSFER_OUT, wallet=wallet, paid=paid, counterparty=counterparty, **fields)


def _got(wallet: str, raw: int, counterparty: str | None, **fields: Any) -> Entry:
    received = {TOKEN: raw}
    return entry(1, Kind.TRANSFER_IN, wallet=wallet, received=received, counterparty=counterparty, **fields)


def _moves(*entries: Entry, exchanges: tuple[str, ...] = ()) -> set[OwnMove]:
    found = own_moves(entries, OWN, exchanges)
    moves = {move for several in found.values() for move in several}
    assert all(move in found[wallet, TOKEN] for move in moves for wallet in (move.sender, move.receiver))
    return moves


def test_two_wallets_that_name_each_other_moved_all_of_it_whatever_the_token_withheld() -> None:
    assert _moves(_sent(AHAB, 60, BELA), _got(BELA, 57, AHAB)) == {OwnMove(AHAB, BELA, 60, 57)}


def test_one_line_is_enough_where_the_other_wallet_has_none() -> None:
    assert _moves(_sent(AHAB, 60, BELA)) == {OwnMove(AHAB, BELA, 60, 60)}
    assert _moves(_got(BELA, 60, AHAB)) == {OwnMove(AHAB, BELA, 60, 60)}


def test_who_sends_to_several_names_nobody_and_each_gets_its_part() -> None:
    found = _moves(_sent(AHAB, 60, None), _got(BELA, 20, AHAB), _got(CLEO, 30, AHAB))
    assert found == {OwnMove(AHAB, BELA, 20, 20), OwnMove(AHAB, CLEO, 30, 30)}


def test_what_came_from_several_is_no_more_than_the_own_wallets_sent() -> None:
    assert _moves(_sent(AHAB, 60, BELA), _got(BELA, 100, None)) == {OwnMove(AHAB, BELA, 60, 60)}


def test_where_nobody_is_named_own_wallets_are_believed_to_have_sent_to_each_other() -> None:
    assert _moves(_sent(AHAB, 60, None), _got(BELA, 20, None)) == {OwnMove(AHAB, BELA, 20, 20)}


def test_what_strangers_sent_or_got_is_no_move() -> None:
    assert _moves(_sent(AHAB, 60, "a stranger"), _got(BELA, 60, "another")) == set()
    assert _moves(_sent("a stranger", 60, BELA)) == set()


def test_a_wallet_that_only_passed_it_on_keeps_none_of_it() -> None:
    assert _moves(_sent(AHAB, 60, BELA), entry(1, Kind.OTHER, wallet=BELA)) == set()


def test_both_sides_of_a_trade_among_own_wallets_are_a_move_and_money_is_none() -> None:
    sold = entry(1, Kind.SELL, wallet=AHAB, paid={TOKEN: 5}, received={SOL: 9})
    taken = entry(1, Kind.BUY, wallet=BELA, paid={SOL: 9}, received={TOKEN: 5})
    assert _moves(sold, taken, exchanges=(AHAB, BELA)) == {OwnMove(AHAB, BELA, 5, 5)}
    other = entry(1, Kind.BUY, wallet=BELA, paid={SOL: 9}, received={TOKEN: 4})
    assert _moves(sold, other, exchanges=(AHAB, BELA)) == set()
