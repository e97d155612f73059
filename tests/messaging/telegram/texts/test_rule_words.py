"""The parts of a card of rules."""

from decimal import Decimal

import pytest

from domain.rules.rules import Rules
from messaging.telegram.texts.rule_words import age_words, kinds_line, largest_words, mints_words, range_words


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (3600, 604_800, "1 h to 7 d"),
        (3600, None, "at least 1 h"),
        (None, 60, "at most 1 min"),
        (0, 0, "any"),
    ],
)
def test_a_span_has_one_end_or_both(low: int | None, high: int | None, words: str) -> None:
    assert age_words(low, high) == words


def test_an_amount_has_cents_only_where_there_are_any() -> None:
    assert range_words(Decimal(1000), Decimal("2000.5")) == "$1,000 to $2,000.50"


def test_what_is_not_set_takes_no_line_or_says_so() -> None:
    assert largest_words(Rules()) == []
    assert kinds_line(Rules()) == "Alert types: all"


def test_many_tokens_are_counted() -> None:
    assert mints_words(frozenset("abcdefghij")).endswith("<code>h</code> and 2 more")
