"""Large holders whom one wallet paid first, as far as the budget reaches."""

from typing import Any

from solders.keypair import Keypair

from chain.scans.holder_funders import MAX_SAMPLE, CommonFunder, common_funder
from domain.security.checks import Source
from domain.security.facts import Holder, Holders, OwnerKind
from domain.security.holders import TEN
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


def alike(each: int) -> Holders:
    """Twenty wallets with equal parts."""
    top = tuple(Holder(owner=str(Keypair().pubkey()), raw=each, kind=OwnerKind.WALLET) for _ in range(20))
    return Holders(top=top, supply=1_000, source=Source(name="test"))


def node(funder: str | None = BOSS, *, had: int = 0, listed: int = 1) -> TableNode:
    """Each wallet's first transaction is its own, and paid for by the same wallet; None: by another each."""

    def lists(params: list[Any]) -> list[dict[str, Any]]:
        return [{"signature": params[0], "slot": 9, "err": None}] * listed

    def transaction(params: list[Any]) -> dict[str, Any]:
        payer = funder or str(Keypair().pubkey())
        return samples.transaction({payer: (10**9, 9 * 10**8), params[0]: (had, had + 10**8)})

    return TableNode({}, {"getSignaturesForAddress": lists, "getTransaction": transaction})


async def test_holders_whom_one_wallet_paid_first_are_a_group() -> None:
    assert await common_funder(node(), holders(100, 90, 80)) == CommonFunder(
        raw=270, known=3, of_one=3, different=1
    )


async def test_an_exchange_and_later_payments_make_no_group() -> None:
    assert await common_funder(node(EXCHANGE), holders(100, 90, 80)) == CommonFunder(raw=0)
    assert await common_funder(node(had=5), holders(100, 90, 80)) == CommonFunder()


async def test_whose_list_does_not_reach_back_could_belong_to_any_group() -> None:
    assert await common_funder(node(listed=1_000), holders(100, 90, 80)) == CommonFunder()
    assert await common_funder(TableNode({}), holders(100, 90, 80)) == CommonFunder()


async def test_where_the_largest_hold_little_a_few_are_asked_about() -> None:
    """One wallet may have spread most of the supply among fifty."""
    asked = node()
    assert await common_funder(asked, alike(14)) == CommonFunder(
        known=MAX_SAMPLE, of_one=MAX_SAMPLE, different=1
    )
    assert len(asked.asked) == 2 * MAX_SAMPLE
    assert await common_funder(node(EXCHANGE), alike(14)) == CommonFunder()
    people = CommonFunder(known=MAX_SAMPLE, different=MAX_SAMPLE)
    assert await common_funder(node(None), alike(14)) == people


async def test_an_exchange_does_not_show_that_holders_with_near_equal_parts_are_many() -> None:
    """The ten largest have 20 % together, so all of them are asked about."""
    assert await common_funder(node(EXCHANGE), alike(20)) == CommonFunder()
    assert await common_funder(node(None), alike(20)) == CommonFunder(raw=0, known=TEN, different=TEN)
