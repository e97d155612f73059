"""The glossary keeps our own terms few, and apart from the names of features and the words of the field."""

import re
from pathlib import Path

from tests.architecture.words import is_refused

TEXT = (Path(__file__).parents[2] / "docs" / "glossary.md").read_text(encoding="utf-8")
MAX_OWN_TERMS = 12


def listed(title: str) -> list[str]:
    """The words of one table."""
    section = re.search(rf"^## {title}$(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL)
    assert section is not None
    return re.findall(r"^\| ([a-z][\w ]*?) \|", section[1], re.MULTILINE)[1:]


OWN = listed("Our own terms")
FEATURES = listed("Features that people see")
FIELD = listed("Words of the field, as we use them")


def test_our_own_terms_are_few() -> None:
    assert 0 < len(OWN) <= MAX_OWN_TERMS


def test_features_that_people_see_stand_in_a_list_of_their_own() -> None:
    assert FEATURES
    assert set(OWN).isdisjoint(FEATURES)


def test_no_word_stands_twice_and_none_is_an_old_one() -> None:
    words = [*OWN, *FEATURES, *FIELD]
    assert len(set(words)) == len(words)
    assert [word for word in words if is_refused(word.replace(" ", "_"))] == []
