"""Tiers and their caps."""

import pytest

from domain.rules.tiers import NO_CAPS, cap_of, caps_text, parse_caps


def test_caps_are_read_and_written_alike() -> None:
    text = "free=300,plus=1000,pro=0"
    assert dict(parse_caps(text)) == {"free": 300, "plus": 1000, "pro": 0}
    assert caps_text(parse_caps(text)) == text


@pytest.mark.parametrize("text", ["300", "plus=10", "free=-1", "free=x", "free=1,", "Free=1", "free=9999999"])
def test_what_is_no_list_of_caps_says_what_to_write(text: str) -> None:
    with pytest.raises(ValueError, match="must"):
        parse_caps(text)


def test_a_tier_that_is_named_no_more_counts_as_free() -> None:
    caps = parse_caps("free=5,pro=0")
    assert (cap_of(caps, "free"), cap_of(caps, "pro"), cap_of(caps, "gone")) == (5, None, 5)
    assert cap_of(NO_CAPS, "free") is None
