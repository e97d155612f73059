"""Spans of time as people write them."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.parsing.spans import FOREVER_SECONDS, MAX_SECONDS, parse_span
from domain.errors import BadInput

DAY = 86_400


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30m", 1800),
        ("90 minutes", 5400),
        ("1h", 3600),
        ("1H", 3600),
        ("1h30m", 5400),
        ("1 h 30 min", 5400),
        ("1 day and 2 hours", DAY + 7200),
        ("1.5h", 5400),
        ("1 day", DAY),
        ("2w", 14 * DAY),
        ("2 weeks", 14 * DAY),
        ("1 month", 30 * DAY),
        ("3mo", 90 * DAY),
        ("1 year", 365 * DAY),
        ("an hour", 3600),
        ("forever", FOREVER_SECONDS),
        ("off", 0),
    ],
)
def test_a_span_is_read_whole(text: str, seconds: float) -> None:
    assert parse_span(text) == seconds


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("soon", "“soon” is not a time"),
        ("", "is not a time"),
        ("1 mouse", "is not a time"),
        ("1h please", "is not a time"),
        ("1", "is not a time"),
        ("-1h", "never negative"),
        ("− 1h", "never negative"),
        ("1M", "minutes or months"),
        ("0m", "is not a time"),
        ("99999d", "at most 10 years"),
        ("11 years", "at most 10 years"),
    ],
)
def test_what_is_no_span_is_refused_in_words(text: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        parse_span(text)


@given(st.text())
def test_any_text_is_a_span_or_bad_input(text: str) -> None:
    with suppress(BadInput):
        seconds = parse_span(text)
        assert 0 <= seconds <= MAX_SECONDS or seconds == FOREVER_SECONDS
