"""What is looked up for deliveries."""

from datetime import UTC, datetime

import pytest

from domain.delivery.facts import NO_FACTS, DigestEntry
from domain.rules.gates import OVER_LIMIT, Gate


def entry(gate: Gate) -> DigestEntry:
    return DigestEntry(
        label="whale",
        subject="w",
        sort="buy",
        number=1,
        event=None,
        happened_at=datetime(2026, 1, 1, tzinfo=UTC),
        gate=gate,
    )


@pytest.mark.parametrize("gate", Gate)
def test_an_entry_is_beyond_when_a_limit_deferred_it(gate: Gate) -> None:
    assert entry(gate).is_beyond is (gate in OVER_LIMIT)


def test_what_a_chat_asked_to_get_together_is_not_beyond() -> None:
    assert not entry(Gate.DIGEST).is_beyond
    assert OVER_LIMIT


def test_nothing_is_known_before_it_is_looked_up() -> None:
    assert (NO_FACTS.symbols, NO_FACTS.digests, NO_FACTS.corrected) == ({}, {}, {})
