"""The largest token accounts by whatever way a node offers."""

import base64
from typing import Any

import pytest

from chain.scans.holder_lists import HolderList, largest_accounts
from chain.scans.node import NotAnswered
from tests.chain import samples
from tests.chain.scans.tables import REFUSED, TableNode
from tests.chain.scans.token_accounts import ADDRESSES, LIST, MINT, OFTEN, SELDOM

FOUND = ADDRESSES[:3]


async def test_the_list_of_the_node_comes_first_and_is_not_all() -> None:
    node = TableNode({}, {"getTokenLargestAccounts": LIST, "getTokenAccounts": {"token_accounts": []}})
    assert await largest_accounts(node, MINT) == HolderList(
        addresses=FOUND, is_complete=False, method="getTokenLargestAccounts"
    )


@pytest.mark.parametrize(
    ("method", "answer"),
    [
        (
            "getTokenAccounts",
            {"token_accounts": [{"address": one, "amount": 9 - at} for at, one in enumerate(FOUND)]},
        ),
        (
            "getProgramAccounts",
            [
                {
                    "pubkey": one,
                    "account": {"data": [base64.b64encode(bytes([9 - at, *bytes(7)])).decode(), "base64"]},
                }
                for at, one in enumerate(FOUND)
            ],
        ),
    ],
)
async def test_other_ways_list_all_there_are(method: str, answer: Any) -> None:
    found = await largest_accounts(TableNode({}, {method: answer} | SELDOM), MINT)
    assert found == HolderList(addresses=FOUND, is_complete=True, method=method)


async def test_a_full_page_of_an_index_may_not_be_all() -> None:
    page = {"token_accounts": [{"address": samples.address(str(at)), "amount": 1} for at in range(1_000)]}
    with pytest.raises(NotAnswered, match="too many holders"):
        await largest_accounts(TableNode({}, {"getTokenAccounts": page} | OFTEN), MINT)


async def test_where_all_is_refused_the_first_refusal_is_the_reason() -> None:
    with pytest.raises(NotAnswered, match=REFUSED):
        await largest_accounts(TableNode({}), MINT)
