"""OPENID_ISSUER and OPENID_CLIENT_SECRET."""

import pytest

from runtime.settings.openid import client_secret, issuer_url


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://oauth.telegram.org/", "https://oauth.telegram.org"),
        ("http://127.0.0.1:8081", "http://127.0.0.1:8081"),
        ("http://localhost", "http://localhost"),
        ("http://[::1]:5", "http://[::1]:5"),
    ],
)
def test_an_issuer_is_asked_over_tls_or_on_this_machine(text: str, url: str) -> None:
    assert issuer_url(text) == url


@pytest.mark.parametrize(
    "text", ["http://oauth.telegram.org", "http://127.0.0.1.example.org", "ftp://a", "x"]
)
def test_anything_else_could_be_forged_on_the_way(text: str) -> None:
    with pytest.raises(ValueError, match="must begin with https://"):
        issuer_url(text)


@pytest.mark.parametrize("text", ["short", "with a space in the middle", "x" * 257])
def test_a_client_secret_is_long_and_one_word(text: str) -> None:
    assert client_secret("a" * 16).reveal() == "a" * 16
    with pytest.raises(ValueError, match="@BotFather"):
        client_secret(text)
