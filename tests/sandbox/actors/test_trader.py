"""The desk on a real chain."""

import pytest
from solders.keypair import Keypair

from domain.activity.activity import Kind
from sandbox.actors.intents import Buy, Scatter, SendSol
from sandbox.actors.market.tokens import LAMPORTS
from sandbox.actors.trader import Desk
from sandbox.chain.chain_api import TransactionRejected
from tests.sandbox.actors.conftest import Place

AUTHOR = Keypair.from_seed(b"a" * 32)
OTHERS = tuple(Keypair.from_seed(bytes([number]) * 32).pubkey() for number in (1, 2, 3))


@pytest.fixture
def desk(calm: Place) -> Desk:
    calm.chain.airdrop(AUTHOR.pubkey(), 10 * LAMPORTS)
    return calm.town._ready()


def test_a_purse_is_what_the_chain_says(calm: Place, desk: Desk) -> None:
    token = calm.town.token("ANCHOR")
    (deed,) = desk.carry_out(AUTHOR, Buy(token=token, lamports=LAMPORTS))
    purse = desk.purse(AUTHOR.pubkey(), OTHERS)
    assert purse.tokens[token] == deed.received[0].raw
    assert purse.lamports == calm.chain.balance(AUTHOR.pubkey())
    assert purse.held == (token,)
    assert purse.friends == OTHERS


def test_a_trade_moves_the_price_against_the_next_one(calm: Place, desk: Desk) -> None:
    token = calm.town.token("ANCHOR")
    before = desk.reserves(token)
    got = [desk.carry_out(AUTHOR, Buy(token=token, lamports=LAMPORTS))[0].received[0].raw for _ in range(2)]
    assert got[1] < got[0]
    assert desk.reserves(token).lamports == before.lamports + 2 * LAMPORTS
    assert desk.reserves(token).tokens == before.tokens - sum(got)


def test_equal_payments_in_one_slot_are_two_transactions(desk: Desk) -> None:
    first, second = (desk.carry_out(AUTHOR, SendSol(to=OTHERS[0], lamports=LAMPORTS)) for _ in range(2))
    assert first[0].signature != second[0].signature


def test_everybody_who_gets_something_has_a_deed_of_their_own(desk: Desk) -> None:
    deeds = desk.carry_out(AUTHOR, Scatter(to=OTHERS, lamports=LAMPORTS))
    assert [deed.kind for deed in deeds] == [Kind.TRANSFER_OUT] + [Kind.TRANSFER_IN] * 3
    assert deeds[0].paid[0].raw == 3 * LAMPORTS


def test_nobody_gets_anything_from_what_failed(desk: Desk) -> None:
    (deed,) = desk.carry_out(AUTHOR, SendSol(to=OTHERS[0], lamports=1_000 * LAMPORTS))
    assert deed.failed


def test_who_cannot_pay_the_fee_is_rejected(desk: Desk) -> None:
    with pytest.raises(TransactionRejected):
        desk.carry_out(Keypair.from_seed(b"p" * 32), SendSol(to=OTHERS[0], lamports=1))
