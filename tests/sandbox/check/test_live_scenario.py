"""The scenario of whales: who takes part, and what must be reported."""

from domain.activity.activity import SOL, Kind, Leg
from sandbox.actors.operations import Operation, arrival
from sandbox.check.chat_driver import ChatDriver
from sandbox.check.live_scenario import LiveScenario, _is_reported, whales
from sandbox.local import LocalConfig, LocalSandbox


def operation(*, failed: bool = False) -> Operation:
    leg = Leg(mint=SOL, raw=10**9, decimals=9)
    return Operation(
        signature="s", slot=1, wallet="w", kind=Kind.BUY, paid=(leg,), received=(leg,), failed=failed
    )


def test_each_follower_but_bob_has_a_whale_and_one_whale_has_no_follower() -> None:
    scenario = LiveScenario(ChatDriver(LocalSandbox(LocalConfig(active=False))))
    assert len(whales()) == len(scenario.people) - 1 + 1
    assert len({whale.name for whale in whales()}) == len(whales())


def test_failures_and_dust_are_not_reported() -> None:
    assert _is_reported(operation())
    assert not _is_reported(operation(failed=True))
    assert not _is_reported(arrival("s", 1, "w", Leg(mint=SOL, raw=5_000, decimals=9)))
    assert _is_reported(arrival("s", 1, "w", Leg(mint=SOL, raw=10**9, decimals=9)))
