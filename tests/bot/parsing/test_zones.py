"""Time zones as people name them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.parsing.zones import (
    _ABBREVIATIONS,
    _CITIES,
    _HALF_HOURS,
    guessed_zone,
    likely_zones,
    zone_named,
)
from domain.errors import BadInput
from domain.rules.quiet import zone_of


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("berlin", "Europe/Berlin"),
        ("New York", "America/New_York"),
        ("new_york", "America/New_York"),
        ("san francisco", "America/Los_Angeles"),
        ("Mumbai", "Asia/Kolkata"),
        ("utc", "UTC"),
        ("GMT", "UTC"),
        ("EST", "America/New_York"),
        ("pdt", "America/Los_Angeles"),
        ("CET", "Europe/Berlin"),
        ("UTC+2", "Etc/GMT-2"),
        ("+2", "Etc/GMT-2"),
        ("GMT -5", "Etc/GMT+5"),
        ("-05:00", "Etc/GMT+5"),
        ("UTC+0", "UTC"),
        ("+5:30", "Asia/Kolkata"),
    ],
)
def test_a_zone_is_found_by_city_abbreviation_and_offset(words: str, name: str) -> None:
    assert zone_named(words) == name


@pytest.mark.parametrize("words", ["", "Atlantis", "UTC+15", "-13", "+2:10", "-3:30", "+99:99"])
def test_what_is_no_zone_is_refused(words: str) -> None:
    with pytest.raises(BadInput):
        zone_named(words)


def test_a_city_spelled_nearly_right_is_offered() -> None:
    with pytest.raises(BadInput, match=r"Did you mean Europe/Berlin\?"):
        zone_named("Berln")


def test_an_abbreviation_keeps_daylight_saving() -> None:
    summer = datetime(2026, 7, 1, tzinfo=UTC)
    assert summer.astimezone(zone_of(zone_named("EST"))).utcoffset() == timedelta(hours=-4)


def test_an_offset_is_what_it_says() -> None:
    winter = datetime(2026, 1, 1, tzinfo=UTC)
    assert winter.astimezone(zone_of(zone_named("UTC+2"))).utcoffset() == timedelta(hours=2)
    for (hours, minutes), name in _HALF_HOURS.items():
        assert winter.astimezone(zone_of(name)).utcoffset() == timedelta(hours=hours, minutes=minutes)


def test_every_zone_that_a_word_stands_for_exists() -> None:
    assert all(ZoneInfo(name) for name in {*_ABBREVIATIONS.values(), *_CITIES.values()})


@pytest.mark.parametrize("language", ["ja", "ru", "zh-hans", "en-US", "", "xx"])
def test_a_language_gives_one_zone_or_some(language: str) -> None:
    guessed = guessed_zone(language)
    assert (guessed is None) == (language != "ja")
    assert all(zone_of(zone) for zone in likely_zones(language))
