"""Which links are taken."""

import pytest

from sandbox.telegram.formatting.links import checked_link, mentioned_user


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://solscan.io/tx/1", "https://solscan.io/tx/1"),
        ("solscan.io", "http://solscan.io/"),
        ("http://127.0.0.1:8080/x", "http://127.0.0.1:8080/x"),
        ("tg://resolve?domain=x", "tg://resolve?domain=x"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("https://", None),
        ("no spaces here.com", None),
        ("word", None),
        ("", None),
    ],
)
def test_links_are_kept_or_refused(url: str, kept: str | None) -> None:
    assert checked_link(url) == kept


def test_a_user_link_names_the_user() -> None:
    assert mentioned_user("tg://user?id=42") == 42
    assert mentioned_user("tg://user?id=x") is None
