"""Intents are values: equal ones are one intent, and the trader knows each kind."""

from typing import get_args

import pytest
from solders.keypair import Keypair
from solders.pubkey import Pubkey

from domain.activity.activity import Kind
from sandbox.actors.intents import Buy, Intent, Oversell, Sell, SendSol, SendSolToMany, SendToken, Swap
from sandbox.actors.market.tokens import LAMPORTS
from tests.sandbox.actors.running import RunningSimulation

SOMEBODY = Keypair.from_seed(b"s" * 32).pubkey()


def intents(idle: RunningSimulation) -> list[Intent]:
    one, two = idle.simulation.token("MITTEN"), idle.simulation.token("KRILL")
    return [
        Buy(token=one, lamports=LAMPORTS),
        SendToken(to=SOMEBODY, token=one, amount=5),
        Swap(token_in=one, token_out=two, amount=5),
        Sell(token=one, amount=5),
        Oversell(token=one, amount=1),
        SendSol(to=SOMEBODY, lamports=LAMPORTS),
        SendSolToMany(to=(SOMEBODY, Pubkey(b"o" * 32)), lamports=LAMPORTS),
    ]


def test_each_kind_of_intent_is_executed(idle: RunningSimulation) -> None:
    author = Keypair.from_seed(b"a" * 32)
    idle.chain.airdrop(author.pubkey(), 10 * LAMPORTS)
    trader = idle.simulation._ready()
    kinds = [trader.execute(author, intent)[0].kind for intent in intents(idle)]
    assert kinds[:5] == [Kind.BUY, Kind.TRANSFER_OUT, Kind.SWAP, Kind.SELL, Kind.SELL]
    assert {type(intent) for intent in intents(idle)} == set(get_args(Intent))


def test_equal_intents_are_one(idle: RunningSimulation) -> None:
    assert len({*intents(idle), *intents(idle)}) == 7


def test_an_intent_cannot_be_changed(idle: RunningSimulation) -> None:
    with pytest.raises(AttributeError):
        intents(idle)[0].lamports = 1  # type: ignore[union-attr, misc]
