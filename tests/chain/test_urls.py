"""Names without keys, and where a node's stream is."""

import pytest

from chain.urls import host_name, provider_names, stream_urls
from runtime.settings.secret import Secret


def test_a_host_is_named_without_user_path_and_key() -> None:
    assert host_name(Secret("https://user:pw@rpc.example.org/v2/KEY?api-key=KEY")) == "rpc.example.org"
    assert host_name(Secret("http://127.0.0.1:8899")) == "127.0.0.1:8899"


def test_two_plans_of_one_host_have_two_names() -> None:
    urls = [Secret("https://a.example/1"), Secret("https://a.example/2"), Secret("https://b.example")]
    assert provider_names(urls) == ("a.example", "a.example#2", "b.example")


@pytest.mark.parametrize(
    ("rpc", "stream"),
    [
        ("http://127.0.0.1:8899", "ws://127.0.0.1:8900"),
        ("http://[::1]:8899/x", "ws://[::1]:8900/x"),
        ("https://rpc.example.org/v2/KEY?a=b", "wss://rpc.example.org/v2/KEY?a=b"),
        ("https://user:pw@rpc.example.org", "wss://user:pw@rpc.example.org"),
    ],
)
def test_the_stream_is_where_nodes_have_it(rpc: str, stream: str) -> None:
    assert stream_urls([Secret(rpc)], []) == (Secret(stream),)
    assert stream_urls([Secret(rpc)], [Secret("ws://other")]) == (Secret("ws://other"),)
