"""What people write about hours.
Spans of time as people write them.
"""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.parsing import times
from bot.parsing.times import MAX_SECONDS, before_span, parse_digest, parse_quiet, parse_span, parse_zone
from domain.errors import BadInput
from domain.rules.rules import FOREVER_SECONDS, ChatSettings, Digest, Quiet

SET = ChatSettings(quiet=Quiet(begin=1, end=2), per_hour=9)
DAY = 86_400


@pytest.mark.parametrize(
    ("words", "begin", "end"),
    [
        ("23:00-07:00", 1380, 420),
        ("23-7", 1380, 420),
        ("9:30 to 10:15", 570, 615),
        ("22:00–24:00", 1320, 0),
        ("11pm-7am", 1380, 420),
        ("11:30 PM to 7 a.m.", 1410, 420),
        ("12am-12pm", 0, 720),
        ("23.00-07.00", 1380, 420),
        ("from 22h until 6h", 1320, 360),
    ],
)
def test_quiet_hours_are_read_as_people_write_them(words: str, begin: int, end: int) -> None:
    assert parse_quiet(words)(SET).quiet == Quiet(begin=begin, end=end)


@pytest.mark.parametrize(
    ("words", "name"),
    [("Nemo 1h", "Nemo"), ("Cora 2 forever", "Cora 2"), ("Nemo 1 month", "Nemo"), ("1h", "1h"), ("Bo", "Bo")],
)
def test_a_span_at_the_end_is_no_part_of_a_name(words: str, name: str) -> None:
    assert before_span(words) == name


def test_of_very_many_words_few_are_looked_at_for_a_span(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def counting(text: str) -> float:
        asked.append(text)
        return parse_span(text)

    monkeypatch.setattr(times, "parse_span", counting)
    words = "Nemo " + "1s " * 1_300 + "ago"
    assert before_span(words) == words
    assert len(asked) < 20


def test_no_quiet_hours_and_exits_that_wake() -> None:
    assert parse_quiet("off")(SET).quiet is None
    assert parse_quiet("wake on")(SET).exits_wake


@pytest.mark.parametrize(
    "words", ["", "23", "25:00-07:00", "23:60-07:00", "07:00-07:00", "night", "11-7am", "13pm-7am", "0am-7am"]
)
def test_what_are_no_hours(words: str) -> None:
    with pytest.raises(BadInput):
        parse_quiet(words)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("america/new york", "America/New_York"),
        ("EST", "America/New_York"),
    ],
)
def test_a_zone_is_found_by_its_city_its_name_or_its_offset(words: str, name: str) -> None:
    assert parse_zone(words)(SET).zone == name


def test_digests_and_limits() -> None:
    assert parse_digest("hourly")(SET).digest is Digest.HOURLY
    daily = parse_digest("daily 7:05")(SET)
    assert (daily.digest, daily.digest_at) == (Digest.DAILY, 425)
    assert parse_digest("daily 8pm")(SET).digest_at == 1200
    assert parse_digest("daily")(SET).digest_at == 480
    assert parse_digest("off")(daily).digest is Digest.OFF
    assert parse_digest("20 an hour")(SET).per_hour == 20
    assert parse_digest("5/h")(SET).per_hour == 5
    assert parse_digest("no limit")(SET).per_hour is None


def test_a_limit_of_nothing_is_refused() -> None:
    with pytest.raises(BadInput, match="at least 1 an hour"):
        parse_digest("0 an hour")


@given(st.text())
def test_any_text_is_a_change_or_bad_input(words: str) -> None:
    for read in (parse_quiet, parse_zone, parse_digest):
        try:
            assert isinstance(read(words)(SET), ChatSettings)
        except BadInput:
            continue


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
