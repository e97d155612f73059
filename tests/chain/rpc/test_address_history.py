"""What a provider lists by getTransactionsForAddress: complete, in order, or not believed."""

from collections.abc import Callable
from typing import Any

import pytest
from aiohttp import web

from chain.rpc.address_history import history_between, latest_history, offers_history
from chain.rpc.errors import MethodRefused, UnusableAnswer
from chain.rpc.pool import RpcPool, open_rpc
from runtime.settings.secret import Secret
from tests.chain.nodes import error, node, result

pytestmark = pytest.mark.enable_socket
PAGE = 3


def entries(*slots: int) -> list[dict[str, Any]]:
    return [
        {"signature": f"s{number}x{slot}".replace("0", "A"), "slot": slot, "err": None}
        for number, slot in enumerate(slots)
    ]


def listing(listed: list[dict[str, Any]]) -> Callable[[dict[str, Any]], web.Response]:
    """A provider that lists these, a few at a time, and heeds no filter."""

    def answer(request: dict[str, Any]) -> web.Response:
        start = int(request["params"][1].get("paginationToken", "0:0").partition(":")[2])
        token = f"1:{start + PAGE}" if start + PAGE < len(listed) else None
        return result({"data": listed[start : start + PAGE], "paginationToken": token})

    return answer


async def history(rpc: RpcPool) -> list[int]:
    listed = await history_between(rpc, "wallet", after=10, upto=20, commitment="processed")
    return [one.slot for one in listed]


async def test_all_pages_are_read_and_what_is_asked_for_is_said_exactly() -> None:
    asked: list[Any] = []
    provider = listing(entries(11, 11, 12, 15, 15, 15, 20))

    def answer(request: dict[str, Any]) -> web.Response:
        asked.append(request["params"][1])
        return provider(request)

    async with node(answer) as url, open_rpc([Secret(url)]) as rpc:
        assert await history(rpc) == [11, 11, 12, 15, 15, 15, 20]
    assert asked[0] == {
        "transactionDetails": "signatures",
        "sortOrder": "asc",
        "limit": 1000,
        "commitment": "confirmed",
        "minContextSlot": 20,
        "filters": {"slot": {"gt": 10, "lte": 20}, "status": "succeeded", "tokenAccounts": "all"},
    }
    assert [one.get("paginationToken") for one in asked] == [None, "1:3", "1:6"]


@pytest.mark.parametrize(
    "answer",
    [
        listing(entries(9, 11)),
        listing(entries(11, 21)),
        listing(entries(12, 11)),
        listing(entries(11, 12, 13, 12)),
        lambda _: result({"data": entries(11), "paginationToken": "always the same"}),
        lambda _: result([]),
        lambda _: result({"data": [{"signature": 1}]}),
    ],
)
async def test_an_answer_that_cannot_be_true_is_not_believed(
    answer: Callable[[dict[str, Any]], web.Response],
) -> None:
    async with node(answer) as url, open_rpc([Secret(url)]) as rpc:
        with pytest.raises(UnusableAnswer):
            await history(rpc)


@pytest.mark.parametrize(
    "refusal",
    [
        lambda: error(-32601, "Method not found"),
        lambda: error(-32602, "unknown field"),
        lambda: error(-32403, "not in your plan"),
        lambda: web.Response(status=403, text="upgrade"),
        lambda: web.Response(status=402),
    ],
)
async def test_a_provider_that_refuses_it_is_asked_for_everything_else(
    refusal: Callable[[], web.Response],
) -> None:
    def answer(request: dict[str, Any]) -> web.Response:
        return result(7) if request["method"] == "getSlot" else refusal()

    async with node(answer) as url, open_rpc([Secret(url)]) as rpc:
        assert not await offers_history(rpc, "wallet", commitment="confirmed")
        with pytest.raises(MethodRefused):
            await history(rpc)
        assert bytes(await rpc.call("getSlot")) == b"7"
        assert not rpc.is_resting


async def test_another_provider_answers_where_one_refuses() -> None:
    async with (
        node(lambda _: error(-32601)) as first,
        node(listing(entries(12))) as second,
        open_rpc([Secret(first), Secret(second)]) as rpc,
    ):
        assert await offers_history(rpc, "wallet", commitment="confirmed")
        assert await history(rpc) == [12]


async def test_the_latest_come_first_and_one_page_of_them_is_enough() -> None:
    asked: list[Any] = []

    def answer(request: dict[str, Any]) -> web.Response:
        asked.append(request["params"][1])
        return result({"data": entries(19, 15, 15, 3), "paginationToken": "1:3"})

    async with node(answer) as url, open_rpc([Secret(url)]) as rpc:
        found = await latest_history(rpc, "wallet", upto=20, number=3, commitment="confirmed")
    assert [one.slot for one in found] == [19, 15, 15]
    (config,) = asked
    assert (config["sortOrder"], config["limit"]) == ("desc", 3)
    assert config["filters"] == {"slot": {"gt": 0, "lte": 20}, "status": "succeeded", "tokenAccounts": "all"}


@pytest.mark.parametrize("slots", [(15, 19), (21, 19)])
async def test_latest_ones_that_cannot_be_true_are_not_believed(slots: tuple[int, int]) -> None:
    async with node(listing(entries(*slots))) as url, open_rpc([Secret(url)]) as rpc:
        with pytest.raises(UnusableAnswer):
            await latest_history(rpc, "wallet", upto=20, number=5, commitment="confirmed")
