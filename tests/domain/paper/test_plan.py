"""What a campaign may be."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from domain.paper.plan import Plan, lamports_of


def test_a_plan_is_read_from_json() -> None:
    plan = msgspec.json.decode(
        b'{"size_sol":0.5,"delay_s":2,"stop_pct":20,"wallets":["w"],"from":7}', type=Plan
    )
    assert (plan.size, plan.capital, plan.since) == (5 * 10**8, 5 * 10**9, 7)
    assert [plan.follows("w", 7), plan.follows("w", 6), plan.follows("v", 7)] == [True, False, False]


def test_priority_costs_are_the_whales_unless_the_plan_says_others() -> None:
    assert Plan(size_sol=Decimal(1)).priority(5_000) == 5_000
    assert Plan(size_sol=Decimal(1)).priority(5 * 10**9) == 10**9
    assert Plan(size_sol=Decimal(1), priority_sol=Decimal("0.001")).priority(5_000) == 10**6


def test_parts_of_a_lamport_are_cut() -> None:
    assert lamports_of(Decimal("0.0000000019")) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"size_sol": Decimal(0)},
        {"size_sol": Decimal("NaN")},
        {"size_sol": Decimal(1), "delay_s": -1},
        {"size_sol": Decimal(1), "fee_bps": 10_001},
        {"size_sol": Decimal(1), "max_open": 0},
        {"size_sol": Decimal(1), "stop_pct": Decimal(101)},
    ],
)
def test_a_plan_that_cannot_be_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must lie between"):
        Plan(**fields)


@pytest.mark.parametrize("text", [b"{}", b"[]", b'{"size_sol":1,"siize":2}', b'{"size_sol":"x"}'])
def test_what_is_no_plan_is_refused(text: bytes) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(text, type=Plan)
