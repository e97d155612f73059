"""The short form holds all that Unicode's list says."""

from pathlib import Path

import pytest

from tools.confusables import short_form

BUNDLED = Path(__file__).parents[2] / "domain" / "tokens" / "confusables.txt"
UNICODE = """\ufeff# confusables.txt
# Date: 2026-08-06, 01:05:35 GMT
# Version: 18.0.0

0430 ;\t0061 ;\tMA\t# ( а → a ) CYRILLIC SMALL LETTER A → LATIN SMALL LETTER A\t#
FF41 ;\t0061 ;\tMA\t# ( ａ → a ) FULLWIDTH LATIN SMALL LETTER A → LATIN SMALL LETTER A\t#
006D ;\t0072 006E ;\tMA\t# ( m → rn ) LATIN SMALL LETTER M → LATIN SMALL LETTER R, LATIN SMALL LETTER N\t#
"""


def test_each_prototype_stands_once_with_all_that_look_like_it() -> None:
    head, source, *lines = short_form(UNICODE).splitlines()
    assert "UTS #39" in head
    assert source.startswith("# Unicode 18.0.0, 2026-08-06. Copyright")
    assert lines == ["61: 430 FF41", "72 6E: 6D"]


def test_another_file_is_refused() -> None:
    with pytest.raises(ValueError, match="not Unicode's"):
        short_form("0430 ; 0061 ; MA")


def test_what_comes_with_the_product_says_its_version_and_is_whole() -> None:
    _, source, *lines = BUNDLED.read_text(encoding="ascii").splitlines()
    assert source.startswith("# Unicode ")
    assert "LICENSES/Unicode-3.0.txt" in source
    assert sum(len(line.partition(": ")[2].split()) for line in lines) > 6_000
