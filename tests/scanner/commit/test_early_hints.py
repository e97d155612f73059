"""Only so many hints are told and open, and a stream that was wrong is asked about first."""

from scanner.commit.early_hints import DISTRUST_SECONDS, SETTLE_SECONDS, EarlyHints


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_there_is_room_for_so_many_and_again_when_some_are_resolved() -> None:
    hints = EarlyHints(max_open=2)
    for signature in ("a", "b"):
        assert hints.may_tell("node")
        hints.told(signature, "node")
    assert not hints.may_tell("node")
    hints.resolve(["a", "never told"], wrong=[])
    assert hints.may_tell("node")


def test_a_hint_is_checked_once_it_is_stored_for_a_moment() -> None:
    hints = EarlyHints(clock=(clock := Clock()))
    hints.told("a", "node")
    clock.now += 100
    assert hints.to_check() == []
    hints.stored(["a", "pushed by two nodes"])
    assert hints.to_check() == []
    clock.now += SETTLE_SECONDS
    assert hints.to_check() == ["a"]


def test_a_stream_that_was_wrong_is_distrusted_for_an_hour_and_others_are_not() -> None:
    hints = EarlyHints(clock=(clock := Clock()))
    for signature, source in (("a", "liar"), ("b", "liar"), ("c", "honest")):
        hints.told(signature, source)
    assert hints.resolve(["a", "c"], wrong=["a"]) == {"liar"}
    assert (hints.may_tell("liar"), hints.may_tell("honest")) == (False, True)
    assert hints.resolve(["b"], wrong=["b"]) == set()  # it is known
    clock.now += DISTRUST_SECONDS
    assert hints.may_tell("liar")


def test_nobody_is_blamed_where_forks_may_die() -> None:
    hints = EarlyHints(can_be_blamed=False)
    hints.told("a", "node")
    assert not hints.resolve(["a"], wrong=["a"])
    assert hints.may_tell("node")
