"""A scan asks no more than its budget, and says why it was not answered."""

from collections.abc import AsyncIterator

import pytest

from chain.rpc.errors import MethodRefused, RateLimited, Rejected, UnusableAnswer
from chain.rpc.pool import RpcPool, open_rpc
from chain.scans.node import LiveNode, NotAnswered, reason_of
from domain.errors import NodeUnreadable
from runtime.clock import monotonic
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


async def test_many_questions_to_a_slow_node_end_with_the_time_of_the_scan() -> None:
    async with serving(lambda _: result(5), seconds=0.1) as url, open_rpc([Secret(url)]) as pool:
        began = monotonic()
        node = LiveNode(pool, requests=31, seconds=0.45)
        answers = await node.ask_many("getTransaction", [[number] for number in range(30)])
        with pytest.raises(NotAnswered, match="took too long"):
            await node.ask("getSlot", [])
    assert monotonic() - began < 1.0
    reasons = [str(one) for one in answers if isinstance(one, NotAnswered)]
    assert 20 < len(reasons) < 30
    assert set(reasons) == {"no node answered in time"}


async def test_hundreds_of_accounts_of_a_slow_node_end_with_the_time_of_the_scan() -> None:
    async with serving(lambda _: result(5), seconds=0.2) as url, open_rpc([Secret(url)]) as pool:
        began = monotonic()
        with pytest.raises(NotAnswered):
            await LiveNode(pool, requests=30, seconds=0.5).accounts([MINT] * 2_000)
    assert monotonic() - began < 1.0


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
        (UnusableAnswer("https://key@x", provider="p"), "no node answered in time"),
    ],
)
def test_a_reason_is_without_the_words_of_the_node(error: Exception, reason: str) -> None:
    assert str(reason_of(error)) == reason
