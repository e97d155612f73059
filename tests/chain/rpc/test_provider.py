"""Names without keys, rests that grow, and where a node's stream is."""

import pytest

from chain.rpc.errors import Broken, NotYet, RateLimited
from chain.rpc.provider import Provider, host_name, providers, stream_urls
from runtime.clock import monotonic
from runtime.settings.secret import Secret


def test_a_provider_is_named_by_its_host_alone() -> None:
    url = Secret("https://user:pw@rpc.example.org/v2/KEY?api-key=KEY")
    assert host_name(url) == "rpc.example.org"
    assert host_name(Secret("http://127.0.0.1:8899")) == "127.0.0.1:8899"
    assert "KEY" not in repr(providers([url]))


def test_two_plans_of_one_provider_have_two_names() -> None:
    urls = [Secret("https://a.example/1"), Secret("https://a.example/2"), Secret("https://b.example")]
    assert [p.name for p in providers(urls)] == ["a.example", "a.example#2", "b.example"]


def test_a_rest_is_as_long_as_it_was_asked_for_and_else_grows() -> None:
    provider = Provider("node", Secret("http://node"))
    assert provider.rest == 0
    provider.failed(RateLimited("429", provider="node", retry_after=9.0))
    assert 8 < provider.rest <= 9
    other = Provider("other", Secret("http://other"))
    for _ in range(10):
        other.failed(Broken("cut", provider="other"))
    assert 15 <= other.rest <= 30


def test_many_questions_that_fail_together_are_one_trouble() -> None:
    provider, began = Provider("node", Secret("http://node")), monotonic()
    for _ in range(10):
        provider.failed(Broken("cut", provider="node"), began=began)
    assert provider.rest <= 0.5
    provider.failed(Broken("cut again", provider="node"), began=monotonic())
    assert 0.5 <= provider.rest <= 1
    assert provider.failures == 11


def test_not_yet_is_no_reason_to_rest() -> None:
    provider = Provider("node", Secret("http://node"))
    provider.failed(NotYet("soon", provider="node"))
    assert provider.rest == 0


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
