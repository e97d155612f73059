"""What rests after which fault, and how long, by a clock that the test moves."""

from chain.rpc.cooldown import MAX_LIMITS, Cooldowns
from chain.rpc.errors import Broken, MethodRefused, NodeFault, RateLimited


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


REFUSED = MethodRefused("Method not found", provider="node", code=-32601)
LIMITED = RateLimited("HTTP 429", provider="node", retry_after=1.0)


def test_a_refused_method_rests_and_the_others_go_on() -> None:
    cooldowns = Cooldowns(Clock())
    cooldowns.failed("getBlocks", REFUSED)
    assert cooldowns.seconds_left("getBlocks") > 0
    assert cooldowns.seconds_left("getBlock") == 0
    assert cooldowns.refusal("getBlocks") is REFUSED
    assert cooldowns.refused_methods() == ["getBlocks"]


def test_the_pauses_of_a_refused_method_grow() -> None:
    clock = Clock()
    cooldowns, pauses = Cooldowns(clock), list[float]()
    for _ in range(4):
        cooldowns.failed("getBlocks", REFUSED)
        pauses.append(cooldowns.seconds_left("getBlocks"))
        clock.now += pauses[-1]
        assert cooldowns.seconds_left("getBlocks") == 0
        assert cooldowns.refusal("getBlocks") is None
    assert pauses[-1] > 4 * pauses[0]
    assert 2 <= pauses[0] <= 4


def test_an_answer_ends_the_refusal_and_its_growth() -> None:
    clock = Clock()
    cooldowns = Cooldowns(clock)
    for _ in range(5):
        cooldowns.failed("getBlocks", REFUSED)
        clock.now += 1_000
    cooldowns.succeeded("getBlocks")
    cooldowns.failed("getBlocks", REFUSED)
    assert cooldowns.seconds_left("getBlocks") <= 4


def test_a_refusal_that_asks_for_a_longer_wait_gets_it() -> None:
    cooldowns = Cooldowns(Clock())
    cooldowns.failed("getBlocks", MethodRefused("HTTP 410", provider="node", code=410, retry_after=100.0))
    assert cooldowns.seconds_left("getBlocks") == 100


def _limits(cooldowns: Cooldowns, clock: Clock, times: int, *, answered: str | None) -> None:
    for _ in range(times):
        clock.now += 2
        cooldowns.failed("getBlocks", LIMITED)
        clock.now += 2
        if answered is not None:
            cooldowns.succeeded(answered)


def test_a_rate_limit_rests_the_provider_at_first() -> None:
    clock = Clock()
    cooldowns = Cooldowns(clock)
    cooldowns.failed("getBlocks", LIMITED)
    assert cooldowns.seconds_left("getSlot") == 1


def test_a_rate_limit_of_one_method_that_never_clears_rests_that_method_alone() -> None:
    clock = Clock()
    cooldowns = Cooldowns(clock)
    _limits(cooldowns, clock, MAX_LIMITS - 1, answered="getSlot")
    assert cooldowns.refusal("getBlocks") is None
    clock.now += 2
    cooldowns.failed("getBlocks", LIMITED)
    assert cooldowns.refusal("getBlocks") is LIMITED
    assert cooldowns.seconds_left("getBlocks") >= 2
    assert cooldowns.seconds_left("getSlot") == 0


def test_a_rate_limit_of_all_methods_is_the_providers() -> None:
    clock = Clock()
    cooldowns = Cooldowns(clock)
    _limits(cooldowns, clock, 2 * MAX_LIMITS, answered=None)
    cooldowns.failed("getBlocks", LIMITED)
    assert cooldowns.refusal("getBlocks") is None
    assert cooldowns.seconds_left("getSlot") == 1


def test_limits_that_come_together_count_once() -> None:
    clock = Clock()
    cooldowns, began = Cooldowns(clock), clock.now
    cooldowns.failed("getBlocks", LIMITED, began=began)
    cooldowns.succeeded("getSlot")
    clock.now += 1
    for _ in range(MAX_LIMITS + 2):
        cooldowns.failed("getBlocks", LIMITED, began=began)
    assert cooldowns.refusal("getBlocks") is None


def test_an_answer_to_the_method_begins_its_count_anew() -> None:
    clock = Clock()
    cooldowns = Cooldowns(clock)
    _limits(cooldowns, clock, MAX_LIMITS - 1, answered="getSlot")
    cooldowns.succeeded("getBlocks")
    _limits(cooldowns, clock, MAX_LIMITS - 1, answered="getSlot")
    assert cooldowns.refusal("getBlocks") is None


def test_a_failure_in_between_is_the_providers() -> None:
    cooldowns = Cooldowns(Clock())
    fault: NodeFault = Broken("cut", provider="node")
    cooldowns.failed("getBlocks", fault)
    assert cooldowns.seconds_left("getSlot") > 0
    assert cooldowns.refused_methods() == []
