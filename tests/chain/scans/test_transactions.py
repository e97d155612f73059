"""Transactions that mention an address, page by page, whole, and out of a block."""

from typing import Any

import pytest

from chain.scans.node import NotAnswered
from chain.scans.transactions import (
    PAGE,
    listed_transactions,
    mentions_in_block,
    read_transactions,
    whole_transactions,
)
from tests.chain import samples
from tests.chain.scans.tables import TableNode

MINT, ANNA, OTHER = (samples.address(name) for name in ("mint", "anna", "other"))
MENTION = samples.transaction({ANNA: (10**9, 9 * 10**8), MINT: (5, 5)})
FOREIGN = samples.transaction({ANNA: (10**9, 9 * 10**8), OTHER: (5, 5)})


def named(number: int, first: int = 0) -> list[dict[str, Any]]:
    return [{"signature": f"s{at}", "slot": 9, "err": None} for at in range(first, first + number)]


async def test_pages_follow_each_other_until_one_is_short() -> None:
    asked: list[Any] = []

    def page(params: list[Any]) -> list[dict[str, Any]]:
        asked.append(params[1].get("before"))
        return named(PAGE) if len(asked) == 1 else named(5, PAGE)

    found = await listed_transactions(TableNode({}, {"getSignaturesForAddress": page}), MINT, pages=3)
    assert (len(found.named), found.is_whole, asked) == (PAGE + 5, True, [None, f"s{PAGE - 1}"])


async def test_pages_go_on_behind_those_that_are_known() -> None:
    node = TableNode({}, {"getSignaturesForAddress": named(PAGE)})
    known = await listed_transactions(node, MINT, pages=1)
    more = await listed_transactions(node, MINT, pages=1, newer=known.named)
    assert (len(more.named), more.is_whole) == (2 * PAGE, False)


async def test_a_node_may_list_whole_transactions() -> None:
    configs: list[Any] = []

    def history(params: list[Any]) -> dict[str, Any]:
        configs.append(params[1])
        return {"data": [MENTION, {"nonsense": 1}], "paginationToken": None}

    node = TableNode({}, {"getTransactionsForAddress": history})
    (one,) = await whole_transactions(node, MINT, oldest=True)
    assert one.payer == ANNA
    await whole_transactions(node, MINT, oldest=False)
    assert [one["sortOrder"] for one in configs] == ["asc", "desc"]
    assert configs[0]["filters"] == {"status": "succeeded"}
    with pytest.raises(NotAnswered):
        await whole_transactions(TableNode({}), MINT, oldest=True)


async def test_of_a_block_only_what_mentions_the_address_is_read() -> None:
    block = {"parentSlot": 7, "blockhash": "b", "blockTime": 5, "transactions": [FOREIGN, MENTION]}
    (one,) = await mentions_in_block(TableNode({}, {"getBlock": block}), MINT, 8)
    assert MINT in one.keys
    with pytest.raises(NotAnswered, match="unreadable"):
        await mentions_in_block(TableNode({}, {"getBlock": {"nonsense": 1}}), MINT, 8)


async def test_what_is_refused_or_unreadable_is_left_out() -> None:
    listed = await listed_transactions(TableNode({}, {"getSignaturesForAddress": named(2)}), MINT, pages=1)
    assert await read_transactions(TableNode({}), listed.named) == []
    assert await read_transactions(TableNode({}, {"getTransaction": {"no": 1}}), listed.named) == []
    assert len(await read_transactions(TableNode({}, {"getTransaction": MENTION}), listed.named)) == 2
