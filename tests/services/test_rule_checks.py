"""Rules of programs: every number is bounded, every mint an address."""

from decimal import Decimal

import pytest

from domain.errors import BadInput
from domain.rules.rules import Rules
from services.rule_checks import checked_rules
from tests.storage.sample_data import MINT

GOOD = Rules(min_usd=Decimal(1_000), max_age_seconds=3_600, never_tokens=frozenset({MINT}))


def test_rules_that_can_be_kept_stay_as_they_are() -> None:
    assert checked_rules(GOOD) is GOOD
    assert checked_rules(Rules()) == Rules()


@pytest.mark.parametrize(
    "rules",
    [
        Rules(min_usd=Decimal("NaN")),
        Rules(max_usd=Decimal("Infinity")),
        Rules(min_liquidity=Decimal(-1)),
        Rules(max_market_cap=Decimal(10) ** 13),
        Rules(min_age_seconds=-1),
        Rules(max_age_seconds=10**12),
        Rules(only_tokens=frozenset({"no address"})),
        Rules(never_tokens=frozenset(f"{MINT[:-3]}{number:03}" for number in range(60))),
    ],
    ids=lambda rules: next(name for name in rules.__struct_fields__ if getattr(rules, name) is not None),
)
def test_what_cannot_be_kept_is_refused_by_name(rules: Rules) -> None:
    (name,) = [field for field in rules.__struct_fields__ if getattr(rules, field) is not None]
    with pytest.raises(BadInput, match=name):
        checked_rules(rules)
