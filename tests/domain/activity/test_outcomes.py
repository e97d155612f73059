"""What a trade made of a position, as it is stored."""

from decimal import Decimal

import msgspec

from domain.activity.outcomes import Outcome


def test_only_what_is_known_is_stored() -> None:
    assert msgspec.json.encode(Outcome(is_added=True)) == b'{"is_added":true}'


def test_it_is_read_as_it_was_stored() -> None:
    outcome = Outcome(known_share=Decimal("0.6"), gain_share=Decimal("-0.34"), held_seconds=7)
    assert msgspec.json.decode(msgspec.json.encode(outcome), type=Outcome) == outcome
