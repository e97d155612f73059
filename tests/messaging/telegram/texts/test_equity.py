"""The picture of what a wallet has made says whose it is, and what stands in its place."""

import pytest

from messaging.languages.choice import LANGUAGES, locale_of
from messaging.telegram.texts.equity import drawing, equity_caption, equity_failed, no_equity


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_picture_and_what_comes_in_its_place_name_the_wallet_once(language: str) -> None:
    locale = locale_of(language)
    for text in (equity_caption("Moby &amp; Co", locale=locale), no_equity("Moby &amp; Co", locale=locale)):
        assert text.count("<b>Moby &amp; Co</b>") == 1


def test_a_failure_says_when_to_ask_again() -> None:
    assert drawing() == "📈 Drawing…"
    assert equity_failed("no memory").endswith("Try again in a few minutes.")
