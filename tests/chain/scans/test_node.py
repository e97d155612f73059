"""A scan asks no more than its budget, and says why it was not answered."""

from collections.abc import AsyncIterator

import pytest

from chain.rpc.errors import Broken, MethodRefused, RateLimited, Rejected
from chain.rpc.pool import RpcPool, open_rpc
from chain.scans.node import LiveNode, NotAnswered, reason_of
from domain.errors import NodeUnreadable
from runtime.settings.secret import Secret
from tests.chain import samples
from tests.chain.nodes import counting, result
from tests.chain.nodes import error as refusal
from tests.chain.nodes import node as serving

MINT = samples.address("mint")


@pytest.fixture
async def rpc() -> AsyncIterator[RpcPool]:
    async with serving(lambda _request: result(5)) as url, open_rpc([Secret(url)]) as pool:
        yield pool


async def test_beyond_its_budget_a_scan_asks_nothing(rpc: RpcPool) -> None:
    node = LiveNode(rpc, requests=0, seconds=5)
    with pytest.raises(NotAnswered, match="no more questions"):
        await node.ask("getSlot", [])
    with pytest.raises(NotAnswered, match="no more questions"):
        await node.accounts([MINT])
    (answer,) = await node.ask_many("getTransaction", [["s"]])
    assert isinstance(answer, NotAnswered)
    assert node.spent == 0


async def test_a_scan_that_took_too_long_asks_nothing(rpc: RpcPool) -> None:
    with pytest.raises(NotAnswered, match="took too long"):
        await LiveNode(rpc, requests=9, seconds=0).accounts([MINT])
    node = LiveNode(rpc, requests=9, seconds=0)
    assert [str(one) for one in await node.ask_many("getTransaction", [["s"]])] == ["the scan took too long"]
    assert node.spent == 0


async def test_a_method_that_every_node_has_refused_lately_costs_nothing() -> None:
    async with counting(lambda _: refusal(-32601)) as (url, asked), open_rpc([Secret(url)]) as pool:
        node = LiveNode(pool, requests=9, seconds=5)
        for _ in range(3):
            with pytest.raises(NotAnswered, match="refuses this method"):
                await node.ask("getTransactionsForAddress", [MINT])
    assert (len(asked), node.spent) == (1, 1)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (MethodRefused("x", provider="p", code=-32601), "the node refuses this method"),
        (RateLimited("x", provider="p"), "the node limits how often this may be asked"),
        (Rejected("x", provider="p", code=-32602), "the node does not accept this question"),
        (NodeUnreadable("x"), "the node sent something unreadable"),
        (Broken("https://key@x", provider="p"), "no node answered in time"),
    ],
)
def test_a_reason_is_without_the_words_of_the_node(error: Exception, reason: str) -> None:
    assert reason_of(error) == reason
