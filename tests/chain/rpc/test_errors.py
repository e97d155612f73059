"""Each code of a node leads to one decision."""

import pytest

from chain.rpc.errors import (
    ADDRESS_HISTORY,
    BehindNode,
    MethodRefused,
    NodeFault,
    NoHistory,
    NotYet,
    RateLimited,
    Refused,
    Rejected,
    RestScope,
    Skipped,
    UnsupportedVersion,
    UnusableAnswer,
    from_code,
    from_status,
    of_method,
)

NEWER = (
    "Transaction version (2) is not supported by the requesting client. Please try the request again with"
    ' the following configuration parameter: "maxSupportedTransactionVersion": 2'
)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (-32001, NoHistory),
        (-32004, NotYet),
        (-32005, BehindNode),
        (-32007, Skipped),
        (-32009, Skipped),
        (-32011, NoHistory),
        (-32014, NotYet),
        (-32016, NotYet),
        (-32019, UnusableAnswer),
        (-32603, UnusableAnswer),
        (-32429, RateLimited),
        (-32602, Rejected),
        (-32601, MethodRefused),
        (1, Rejected),
    ],
)
def test_a_code_has_one_meaning(code: int, kind: type[Exception]) -> None:
    assert type(from_code(code, "text", provider="node")) is kind


def test_the_version_to_allow_is_read_from_the_text() -> None:
    fault = from_code(-32015, NEWER, provider="node")
    assert isinstance(fault, UnsupportedVersion)
    assert fault.version == 2


@pytest.mark.parametrize("text", ["", "version (0)", "version (999)"])
def test_a_version_that_makes_no_sense_is_not_followed(text: str) -> None:
    assert type(from_code(-32015, text, provider="node")) is UnusableAnswer


def test_a_forgotten_block_says_from_where_on_blocks_are_kept() -> None:
    text = "Block 5 cleaned up, does not exist on node. First available block: 1234"
    fault = from_code(-32001, text, provider="node")
    assert isinstance(fault, NoHistory)
    assert fault.kept_from == 1234


def test_a_nodes_words_are_cut() -> None:
    assert len(str(from_code(1, "x" * 10_000, provider="node"))) < 300


@pytest.mark.parametrize(
    ("status", "kind"), [(429, RateLimited), (410, MethodRefused), (403, Refused), (502, UnusableAnswer)]
)
def test_a_status_has_one_meaning(status: int, kind: type[Exception]) -> None:
    assert type(from_status(status, provider="node", retry_after=None)) is kind


def test_a_fault_says_what_rests() -> None:
    assert RateLimited.rests is RestScope.PROVIDER
    assert MethodRefused.rests is RestScope.METHOD
    assert NotYet.rests is RestScope.NOTHING


@pytest.mark.parametrize("code", [-32005, -32429, -32601, -32603, 429])
def test_a_wait_that_was_asked_for_is_kept_whatever_the_code(code: int) -> None:
    fault = from_code(code, "text", provider="node", retry_after=7.0)
    assert isinstance(fault, NodeFault)
    assert fault.retry_after == 7.0


def test_whoever_lacks_a_method_of_some_providers_alone_rests_for_that_method() -> None:
    rejected = Rejected("Not in your plan", provider="node", code=-32602)
    refused = of_method(rejected, ADDRESS_HISTORY)
    assert isinstance(refused, MethodRefused)
    assert str(refused) == "node: Not in your plan (-32602)"
    assert of_method(rejected, "getBlock") is rejected
    assert isinstance(of_method(Refused("HTTP 403", provider="node"), ADDRESS_HISTORY), MethodRefused)
