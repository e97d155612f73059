from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.settings import parsing
from runtime.settings.parsing import Mistake, SettingsError, typos

_TOKEN = "123456789:AAF0123456789abcdefghijklmnopqrstuv"
_KNOWN = frozenset({"BOT_TOKEN", "RPC_URLS", "PORT"})


def test_a_token_is_taken_as_it_is() -> None:
    assert parsing.bot_token(_TOKEN).reveal() == _TOKEN


@pytest.mark.parametrize(
    ("parser", "text"),
    [
        (parsing.bot_token, "123:abc"),
        (parsing.bot_token, _TOKEN + " "),
        (parsing.webhook_secret, "short"),
        (parsing.webhook_secret, "with a blank in the middle"),
        (parsing.webhook_url, "http://bot.example.org/"),
        (parsing.webhook_url, "bot.example.org"),
        (parsing.http_url, "https://"),
        (parsing.http_url, "http://[::1"),
        (parsing.database_url, "mysql://host/db"),
        (parsing.redis_url, "http://host"),
        (parsing.rpc_urls, "https://a.example.org,wss://b.example.org"),
        (parsing.ws_urls, "https://a.example.org"),
        (parsing.ids, "12,abc"),
        (parsing.ids, "-5"),
        (parsing.port, "0"),
        (parsing.port, "65536"),
        (parsing.port, "80a"),
        (parsing.port, "٣"),
        (parsing.number(0.1, 10), "nan"),
        (parsing.number(0.1, 10), "11"),
        (parsing.choice("a", "b"), "c"),
        (parsing.name, "two words"),
    ],
)
def test_it_refuses_what_is_malformed(parser: Callable[[str], object], text: str) -> None:
    with pytest.raises(ValueError, match=r"^(is|must)"):
        parser(text)


def test_a_list_keeps_its_order_without_blanks_and_repetitions() -> None:
    urls = parsing.rpc_urls(" https://b.example.org, https://a.example.org ,,https://b.example.org")
    assert [url.reveal() for url in urls] == ["https://b.example.org", "https://a.example.org"]


def test_a_webhook_on_this_machine_needs_no_encryption() -> None:
    assert parsing.webhook_url("http://127.0.0.1:8080/hook") == "http://127.0.0.1:8080/hook"


def test_home_is_the_home_folder() -> None:
    assert parsing.path("~/x") == Path.home() / "x"


@given(st.text(min_size=1))
def test_whatever_is_written_is_taken_or_refused_with_a_sentence(text: str) -> None:
    parsers: list[Callable[[str], object]] = [
        *(
            parsing.bot_token,
            parsing.webhook_secret,
            parsing.http_url,
            parsing.webhook_url,
            parsing.database_url,
        ),
        *(parsing.redis_url, parsing.rpc_urls, parsing.ws_urls, parsing.ids, parsing.name, parsing.port),
        *(parsing.number(0, 1), parsing.choice("a")),
    ]
    said = [said for parser in parsers if (said := _refusal(parser, text))]
    assert all(sentence.startswith(("is", "must")) for sentence in said)


def _refusal(parser: Callable[[str], object], text: str) -> str:
    try:
        parser(text)
    except ValueError as error:
        return str(error)
    return ""


def test_networks_are_a_list_or_telegrams_own() -> None:
    assert parsing.networks("10.0.0.0/8, 127.0.0.1") == "10.0.0.0/8,127.0.0.1/32"
    assert parsing.networks("telegram") == "149.154.160.0/20,91.108.4.0/22"
    assert parsing.networks("telegram,10.0.0.0/8").endswith(",10.0.0.0/8")


@pytest.mark.parametrize("text", ["10.0.0.1/8", "example.org", "1.2.3.4;}"])
def test_what_is_no_network_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be networks"):
        parsing.networks(text)


def test_an_address_to_listen_on_is_a_number() -> None:
    assert [parsing.ip(text) for text in ("0.0.0.0", "::1")] == ["0.0.0.0", "::1"]
    with pytest.raises(ValueError, match="in numbers"):
        parsing.ip("localhost")


def test_an_error_has_one_line_for_each_mistake() -> None:
    error = SettingsError((Mistake(name="A", what="is wrong."), Mistake(name="B", what="is too.")))
    assert str(error) == "A is wrong.\nB is too."


def test_a_known_name_is_no_typo() -> None:
    assert not list(typos({"BOT_TOKEN": "x", "BOT_TOKEN_FILE": "x"}, _KNOWN))


def test_a_similar_name_next_to_the_right_one_is_somebody_elses() -> None:
    assert not list(typos({"RPC_URL": "x", "RPC_URLS": "y"}, _KNOWN))


def test_a_typo_without_a_value_does_no_harm() -> None:
    assert not list(typos({"RPC_URL": ""}, _KNOWN))
