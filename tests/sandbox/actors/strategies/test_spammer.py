"""Dust."""

from random import Random

from sandbox.actors.intents import SendSolToMany, SendToken
from sandbox.actors.strategies.spammer import SPAM_MEMO, Spammer
from tests.sandbox.actors.samples import FRIENDS, WORTHLESS, balances


def test_it_scatters_dust_and_drops_a_worthless_token_in_turn(rng: Random) -> None:
    holding = balances(owned={WORTHLESS: 50})
    strategy, (dust,) = Spammer().decide(holding, rng)
    (drop,) = strategy.decide(holding, rng).intents
    assert isinstance(dust, SendSolToMany)
    assert dust.lamports < 1_000
    assert set(dust.to) <= set(FRIENDS)
    assert isinstance(drop, SendToken)
    assert (drop.token, drop.amount, drop.memo) == (WORTHLESS, 1, SPAM_MEMO)


def test_without_worthless_tokens_it_has_only_dust(rng: Random) -> None:
    assert isinstance(Spammer(step=1).decide(balances(), rng).intents[0], SendSolToMany)
