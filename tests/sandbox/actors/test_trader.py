"""The trader on a real chain."""

import pytest
from solders.keypair import Keypair

from domain.activity.activity import Kind
from sandbox.actors.intents import Buy, SendSol, SendSolToMany
from sandbox.actors.market.tokens import LAMPORTS
from sandbox.actors.trader import Trader
from sandbox.chain.chain_api import TransactionRejected
from tests.sandbox.actors.running import RunningSimulation

AUTHOR = Keypair.from_seed(b"a" * 32)
OTHERS = tuple(Keypair.from_seed(bytes([number]) * 32).pubkey() for number in (1, 2, 3))


@pytest.fixture
def trader(idle: RunningSimulation) -> Trader:
    idle.chain.airdrop(AUTHOR.pubkey(), 10 * LAMPORTS)
    return idle.simulation._ready()


def test_balances_are_what_the_chain_says(idle: RunningSimulation, trader: Trader) -> None:
    token = idle.simulation.token("ANCHOR")
    (operation,) = trader.execute(AUTHOR, Buy(token=token, lamports=LAMPORTS))
    balances = trader.balances(AUTHOR.pubkey(), OTHERS)
    assert balances.tokens[token] == operation.received[0].raw
    assert balances.lamports == idle.chain.balance(AUTHOR.pubkey())
    assert balances.owned == (token,)
    assert balances.friends == OTHERS


def test_a_trade_moves_the_price_against_the_next_one(idle: RunningSimulation, trader: Trader) -> None:
    token = idle.simulation.token("ANCHOR")
    before = trader.reserves(token)
    got = [trader.execute(AUTHOR, Buy(token=token, lamports=LAMPORTS))[0].received[0].raw for _ in range(2)]
    assert got[1] < got[0]
    assert trader.reserves(token).lamports == before.lamports + 2 * LAMPORTS
    assert trader.reserves(token).tokens == before.tokens - sum(got)


def test_equal_payments_in_one_slot_are_two_transactions(trader: Trader) -> None:
    first, second = (trader.execute(AUTHOR, SendSol(to=OTHERS[0], lamports=LAMPORTS)) for _ in range(2))
    assert first[0].signature != second[0].signature


def test_everyone_who_gets_something_has_an_operation_of_their_own(trader: Trader) -> None:
    operations = trader.execute(AUTHOR, SendSolToMany(to=OTHERS, lamports=LAMPORTS))
    assert [operation.kind for operation in operations] == [Kind.TRANSFER_OUT] + [Kind.TRANSFER_IN] * 3
    assert operations[0].paid[0].raw == 3 * LAMPORTS


def test_nobody_gets_anything_from_what_failed(trader: Trader) -> None:
    (operation,) = trader.execute(AUTHOR, SendSol(to=OTHERS[0], lamports=1_000 * LAMPORTS))
    assert operation.failed


def test_who_cannot_pay_the_fee_is_rejected(trader: Trader) -> None:
    with pytest.raises(TransactionRejected):
        trader.execute(Keypair.from_seed(b"p" * 32), SendSol(to=OTHERS[0], lamports=1))
