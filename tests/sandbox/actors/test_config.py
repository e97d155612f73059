"""The default simulation has what it is to show."""

from sandbox.actors.config import TOKENS, SimulationConfig, StrategyName


def test_every_strategy_is_followed_by_a_whale() -> None:
    assert {plan.strategy for plan in SimulationConfig().whales} == set(StrategyName)


def test_there_is_a_token_of_each_sort() -> None:
    assert {plan.decimals for plan in TOKENS} >= {5, 6, 9}
    assert any(plan.fee_bps for plan in TOKENS)
    assert any(plan.seizable and plan.freezable for plan in TOKENS)
    assert any(not (plan.mintable or plan.freezable or plan.mutable) for plan in TOKENS)
    assert {plan.wrapped for plan in TOKENS} == {True, False}


def test_names_are_unique() -> None:
    assert len({plan.symbol for plan in TOKENS}) == len(TOKENS)
    assert len({plan.name for plan in SimulationConfig().whales}) == len(SimulationConfig().whales)


def test_supplies_fit_into_64_bits() -> None:
    assert all(plan.supply * 10**plan.decimals < 2**64 for plan in TOKENS)
