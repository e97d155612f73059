"""Large holders whom one wallet paid first, as far as the budget reaches."""

from typing import Any

import pytest
from solders.keypair import Keypair

from chain.scans.holder_funders import common_funder_raw
from domain.security.checks import Source
from domain.security.facts import Holder, Holders, OwnerKind
from tests.chain import samples
from tests.chain.scans.tables import TableNode

ANNA, BELA, CARL, BOSS = (str(Keypair().pubkey()) for _ in range(4))
EXCHANGE = "5tzFkiKscXHK5ZXCGbXZxdw7gTjjD1mBwuoFbhUvuAi9"


def holders(*raws: int) -> Holders:
    top = tuple(
        Holder(owner=owner, raw=raw, kind=OwnerKind.WALLET)
        for owner, raw in zip((ANNA, BELA, CARL), raws, strict=False)
    )
    return Holders(top=top, supply=1_000, source=Source(name="test"))


def node(funder: str = BOSS, *, had: int = 0, listed: int = 1) -> TableNode:
    """Each wallet's first transaction is its own, and paid for by the same wallet."""

    def lists(params: list[Any]) -> list[dict[str, Any]]:
        return [{"signature": params[0], "slot": 9, "err": None}] * listed

    def transaction(params: list[Any]) -> dict[str, Any]:
        return samples.transaction({funder: (10**9, 9 * 10**8), params[0]: (had, had + 10**8)})

    return TableNode({}, {"getSignaturesForAddress": lists, "getTransaction": transaction})


async def test_holders_whom_one_wallet_paid_first_are_a_group() -> None:
    assert await common_funder_raw(node(), holders(100, 90, 80)) == 270


@pytest.mark.parametrize("asked", [node(EXCHANGE), node(had=5)])
async def test_an_exchange_and_later_payments_make_no_group(asked: TableNode) -> None:
    found = await common_funder_raw(asked, holders(100, 90, 80))
    assert found in (0, None)


async def test_whose_list_does_not_reach_back_could_belong_to_any_group() -> None:
    assert await common_funder_raw(node(listed=1_000), holders(100, 90, 80)) is None
    assert await common_funder_raw(TableNode({}), holders(100, 90, 80)) is None


async def test_where_the_largest_hold_little_nobody_is_asked() -> None:
    asked = node()
    assert await common_funder_raw(asked, holders(50, 50, 40)) is None
    assert asked.asked == []
