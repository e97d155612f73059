"""Texts that are kept for the next followers."""

from messaging.telegram.text_cache import TextCache


def test_a_text_is_made_once_and_the_one_used_longest_ago_goes() -> None:
    made: list[str] = []

    def text(cache: TextCache, key: str) -> str:
        def make() -> str:
            made.append(key)
            return key

        return cache.text((key,), make)

    cache = TextCache(2)
    for key in ("a", "b", "a", "c", "a", "b"):
        assert text(cache, key) == key
    assert made == ["a", "b", "c", "b"]
