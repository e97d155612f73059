"""Tags in words."""

from messaging.telegram.texts.tags import bad_tag, hashtags, tags


def test_tags_are_listed_with_what_they_are_good_for() -> None:
    text = tags([("degen", 2), ("kol", 1)])
    assert "#degen · 2 wallets\n#kol · 1 wallet" in text
    assert "/rules #degen" in text


def test_without_tags_it_says_how_to_make_one() -> None:
    assert "/tag WALLET degen" in tags([])


def test_a_word_that_is_none_is_cut() -> None:
    assert len(bad_tag("x" * 500, 16)) < 100
    assert hashtags(["a", "b"]) == "#a #b"
