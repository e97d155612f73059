"""Only so many limit are told and open, and a stream that was wrong is asked about first."""

from scanner.commit.provisional_limit import DISTRUST_SECONDS, STORED_SECONDS, ProvisionalLimit


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_there_is_room_for_so_many_and_again_when_some_are_resolved() -> None:
    limit = ProvisionalLimit(max_open=2)
    for signature in ("a", "b"):
        assert limit.may_announce_early("node")
        limit.note(signature, "node")
    assert not limit.may_announce_early("node")
    limit.resolve(["a", "never told"], wrong=[])
    assert limit.may_announce_early("node")


def test_a_transaction_is_checked_once_it_is_stored_for_a_moment() -> None:
    limit = ProvisionalLimit(clock=(clock := Clock()))
    limit.note("a", "node")
    clock.now += 100
    assert limit.to_check() == []
    limit.stored(["a", "pushed by two nodes"])
    assert limit.to_check() == []
    clock.now += STORED_SECONDS
    assert limit.to_check() == ["a"]


def test_a_stream_that_was_wrong_is_distrusted_for_an_hour_and_others_are_not() -> None:
    limit = ProvisionalLimit(clock=(clock := Clock()))
    for signature, source in (("a", "liar"), ("b", "liar"), ("c", "honest")):
        limit.note(signature, source)
    assert limit.resolve(["a", "c"], wrong=["a"]) == {"liar"}
    assert (limit.may_announce_early("liar"), limit.may_announce_early("honest")) == (False, True)
    assert limit.resolve(["b"], wrong=["b"]) == set()  # it is known
    clock.now += DISTRUST_SECONDS
    assert limit.may_announce_early("liar")


def test_nobody_is_blamed_where_forks_may_die() -> None:
    limit = ProvisionalLimit(can_be_blamed=False)
    limit.note("a", "node")
    assert not limit.resolve(["a"], wrong=["a"])
    assert limit.may_announce_early("node")
