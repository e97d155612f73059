"""What a character looks like."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.tokens.glyphs import skeleton_of


@pytest.mark.parametrize(
    ("character", "skeleton"),
    [
        ("A", "a"),
        ("7", "7"),
        ("$", "$"),
        ("Ð", "d"),
        ("ɢ", "g"),
        ("Ǝ", "e"),
        ("ᴅ", "d"),
        ("𝕎", "w"),
        ("🅰", "a"),
        ("🇺", "u"),
        ("Ⅵ", "vl"),
        ("ﬁ", "fi"),
        ("И", "n"),
        ("₮", "t"),
        ("م", "م"),
        ("中", "中"),
        ("\u0301", ""),
        ("\u3164", ""),
        ("\n", ""),
        ("🐶", ""),
    ],
)
def test_it_is_what_people_see(character: str, skeleton: str) -> None:
    assert skeleton_of(character) == skeleton


@given(st.characters())
def test_every_character_has_an_answer_without_capitals(character: str) -> None:
    skeleton = skeleton_of(character)
    assert len(skeleton) <= 18
    assert not any(one in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" for one in skeleton)
