"""Which transactions name an address: page by page, complete down to a slot.
How far transactions have come, as the sandbox's node says it.
"""

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from typing import Any

import msgspec
import pytest
from aiohttp import web

from chain.rpc.errors import UnusableAnswer
from chain.rpc.pool import RpcPool, open_rpc
from chain.rpc.signatures import (
    PAGE,
    latest_signatures,
    signature_statuses,
    signatures_between,
    transactions,
)
from domain.errors import NodeUnavailable
from runtime.settings.secret import Secret
from sandbox.chain.config import ChainConfig
from sandbox.chain.server import SandboxChain
from tests.chain.nodes import error, node, result
from tests.scanner.world import Whale

pytestmark = pytest.mark.enable_socket
LISTED = [
    {"signature": f"s{slot}".replace("0", "A"), "slot": slot, "err": None} for slot in range(3_000, 0, -1)
]
UNKNOWN = "1" * 64


def listing(entries: list[dict[str, Any]]) -> Callable[[dict[str, Any]], web.Response]:
    """A node that lists these, the newest first, a page at a time."""

    def answer(request: dict[str, Any]) -> web.Response:
        config = request["params"][1]
        names = [entry["signature"] for entry in entries]
        start = names.index(config["before"]) + 1 if "before" in config else 0
        return result(entries[start : start + config["limit"]])

    return answer


async def test_pages_are_read_back_to_the_slot_and_no_further() -> None:
    async with node(listing(LISTED)) as url, open_rpc([Secret(url)]) as rpc:
        found = await signatures_between(rpc, "address", after=1_500, upto=2_900, commitment="confirmed")
    assert [one.slot for one in found] == list(range(2_900, 1_500, -1))
    assert len(LISTED) > 2 * PAGE


async def test_a_failed_transaction_is_marked() -> None:
    entries: list[dict[str, Any]] = [
        {"signature": "b", "slot": 2, "err": {"InstructionError": [0, "x"]}},
        LISTED[-1],
    ]
    async with node(listing(entries)) as url, open_rpc([Secret(url)]) as rpc:
        failed, fine = await signatures_between(rpc, "address", after=0, upto=5, commitment="confirmed")
    assert (failed.failed, fine.failed) == (True, False)


async def test_a_node_that_has_not_come_so_far_is_unavailable() -> None:
    async with node(lambda _: error(-32016)) as url, open_rpc([Secret(url)]) as rpc:
        with pytest.raises(NodeUnavailable, match="up to slot 9"):
            await signatures_between(rpc, "address", after=0, upto=9, commitment="confirmed")


async def test_transactions_that_no_node_gives_are_none() -> None:
    def answer(request: dict[str, Any]) -> web.Response:
        signature = request["params"][0]
        return error(-32602) if signature == "bad" else result({"known": 1} if signature == "a" else None)

    async with node(answer) as url, open_rpc([Secret(url)]) as rpc:
        known, unknown, bad = await transactions(rpc, ["a", "b", "bad"], commitment="confirmed")
    assert msgspec.json.decode(known or b"") == {"known": 1}
    assert (unknown, bad) == (None, None)


async def test_an_answer_of_another_shape_is_broken() -> None:
    async with node(lambda _: result({"no": "list"})) as url, open_rpc([Secret(url)]) as rpc:
        with pytest.raises(UnusableAnswer):
            await signatures_between(rpc, "address", after=0, upto=9, commitment="confirmed")


@pytest.fixture
async def chain() -> AsyncIterator[SandboxChain]:
    async with SandboxChain(ChainConfig(slot_seconds=None, confirmed_lag=2, finalized_lag=4)) as running:
        yield running


@pytest.fixture
async def rpc(chain: SandboxChain) -> AsyncIterator[RpcPool]:
    async with open_rpc([Secret(chain.rpc_url)]) as pool:
        yield pool


async def test_a_transaction_becomes_processed_confirmed_and_finalized(
    chain: SandboxChain, rpc: RpcPool
) -> None:
    whale = Whale(chain)
    (signature,) = whale.trade()
    said = []
    for _ in range(5):
        slot = (await chain.step()).produced.slot
        statuses = await signature_statuses(rpc, [signature, UNKNOWN])
        status, unknown = statuses.statuses
        assert unknown is None
        assert status is not None
        assert (statuses.slot, status.failed) == (slot, False)
        said.append(status.confirmation_status)
    assert said == ["processed", "processed", "confirmed", "confirmed", "finalized"]


class Odd:
    """A node that answers something else."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer

    async def call(
        self, method: str, params: Sequence[Any] = (), *, seconds: float = 20.0, avoid: Collection[str] = ()
    ) -> msgspec.Raw:
        assert (method, params[1], seconds, avoid) == (
            "getSignatureStatuses",
            {"searchTransactionHistory": True},
            20.0,
            (),
        )
        return msgspec.Raw(self._answer)


@pytest.mark.parametrize(
    "answer", [b"null", b'{"context":{"slot":1},"value":[]}', b'{"context":{},"value":[null]}', b"\xff"]
)
async def test_an_answer_of_another_shape_says_nothing(answer: bytes) -> None:
    with pytest.raises(UnusableAnswer):
        await signature_statuses(Odd(answer), ["a"])


async def test_the_latest_transactions_that_took_effect_are_listed_page_by_page() -> None:
    failed = {"InstructionError": [0, "x"]}
    odd = {one["signature"] for one in LISTED[1::2]}
    entries = [{**one, "err": failed if one["signature"] in odd else None} for one in LISTED]
    async with node(listing(entries)) as url, open_rpc([Secret(url)]) as rpc:
        found = await latest_signatures(rpc, "address", upto=2_900, number=1_200, commitment="confirmed")
        assert [one.slot for one in found] == list(range(2_900, 500, -2))
        few = await latest_signatures(rpc, "address", upto=10, number=200, commitment="confirmed")
        assert [one.slot for one in few] == [10, 8, 6, 4, 2]
