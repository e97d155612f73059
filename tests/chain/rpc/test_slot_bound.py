"""No slot is above what the clock allows; what is below is for blocks to show."""

import pytest

from chain.rpc.pool import open_rpc
from chain.rpc.slot_bound import (
    FIRST_CHAIN_BEGAN,
    MARGIN_SLOTS,
    MAX_AHEAD_SECONDS,
    MIN_SLOT_SECONDS,
    NEAR_MARGIN_SLOTS,
    SlotBound,
)
from domain.errors import NodeUnavailable
from runtime.settings.secret import Secret
from tests.chain.nodes import counting, node, result

NOW = 1_795_000_000


class Clock:
    now = float(NOW)

    def __call__(self) -> float:
        return self.now


def test_without_any_block_the_age_of_the_oldest_chain_bounds_slots() -> None:
    limit = SlotBound(Clock()).limit
    assert limit == int((NOW - FIRST_CHAIN_BEGAN) / MIN_SLOT_SECONDS) + MARGIN_SLOTS
    assert 465_000_000 < limit < 2**31


def test_a_block_with_its_time_bounds_what_follows() -> None:
    clock = Clock()
    bound = SlotBound(clock)
    bound.note(465_000_000, NOW)
    assert abs(bound.limit - 465_000_000 - MARGIN_SLOTS) <= 1
    clock.now += 3_600
    assert abs(bound.limit - 465_000_000 - 24_000 - MARGIN_SLOTS) <= 1


def test_an_older_block_with_its_time_bounds_no_less() -> None:
    bound = SlotBound(Clock())
    bound.note(465_000_000, NOW)
    limit = bound.limit
    bound.note(100, NOW)  # a node that lies about an old block hides no new one
    assert bound.limit == limit


def test_a_time_in_the_future_bounds_nothing() -> None:
    bound = SlotBound(Clock())
    before = bound.limit
    bound.note(5, NOW + MAX_AHEAD_SECONDS + 1)
    bound.note(5, None)
    assert bound.limit == before


def test_scenario_56_a_clock_that_is_ten_minutes_slow_refuses_no_block() -> None:
    bound = SlotBound(Clock())
    assert bound.is_past(NOW + 600)
    bound.note(465_000_000, NOW + 600)
    assert 465_000_000 < bound.limit < 465_000_000 + MARGIN_SLOTS


def test_what_is_said_to_have_happened_is_ahead_if_the_chain_cannot_have_come_there_yet() -> None:
    clock = Clock()
    bound = SlotBound(clock)
    assert bound.is_ahead(2**62)
    bound.note(1_000, NOW)
    assert not bound.is_ahead(1_000 + NEAR_MARGIN_SLOTS)
    assert bound.is_ahead(1_001 + NEAR_MARGIN_SLOTS)
    clock.now += 60
    assert not bound.is_ahead(1_400 + NEAR_MARGIN_SLOTS)


@pytest.mark.enable_socket
@pytest.mark.parametrize("slot", [2**62, 2**63, 2**80, -1, "7", None, 1.5, 3_000_000_000])
async def test_scenario_96_a_node_that_names_an_impossible_slot_rests_and_another_is_asked(
    slot: object,
) -> None:
    async with (
        counting(lambda _: result(slot)) as (liar, asked),
        node(lambda _: result(465_000_000)) as honest,
        open_rpc([Secret(liar), Secret(honest)]) as rpc,
    ):
        for _ in range(10):
            assert bytes(await rpc.call("getSlot")) == b"465000000"
    assert len(asked) <= 2


@pytest.mark.enable_socket
async def test_scenario_96_alone_such_a_node_is_asked_ever_less_often() -> None:
    async with counting(lambda _: result(2**62)) as (liar, asked), open_rpc([Secret(liar)]) as rpc:
        with pytest.raises(NodeUnavailable, match="cannot have reached"):
            await rpc.call("getSlot", seconds=1.0)
    assert len(asked) <= 3
