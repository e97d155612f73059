"""What trades of the past were worth, by the traders of one block an hour."""

from collections.abc import Sequence
from decimal import Decimal

import msgspec
import pytest
from msgspec import Raw, structs

from domain.activity.activity import SOL, Activity, Leg
from domain.errors import NodeUnavailable
from scanner.past_prices import MAX_BLOCKS, PastPrices, TradeValues
from storage.postgres import Database
from tests.chain.market.coin_samples import trade_of_sol
from tests.storage.sample_data import CHAIN, MINT, purchase

pytestmark = pytest.mark.services

HOUR = 3_600
AT = 500_000 * HOUR


def bought(slot: int, at: int, sol: int = 2) -> Activity:
    leg = Leg(mint=SOL, raw=sol * 10**9, decimals=9)
    return structs.replace(purchase(slot), slot=slot, block_time=at, paid=(leg,))


class Chain:
    """Blocks by slot, and which were asked for."""

    def __init__(self, **usd: int) -> None:
        self.asked: list[int] = []
        self.allowed = 0
        self.is_away = False
        self._usd = {int(slot.removeprefix("slot")): price for slot, price in usd.items()}

    async def read(self, slot: int) -> Sequence[Raw]:
        if self.is_away:
            raise NodeUnavailable("nobody answers")
        self.asked.append(slot)
        assert self.allowed >= len(self.asked), "each request is counted before it is made"
        price = self._usd.get(slot)
        return [] if price is None else [Raw(msgspec.json.encode(trade_of_sol(price)))]

    async def ask(self) -> None:
        self.allowed += 1


async def worth(database: Database, chain: Chain, *activities: Activity) -> list[Decimal | None]:
    return [*(await worths(database, chain, *activities)).usd]


async def worths(database: Database, chain: Chain, *activities: Activity) -> TradeValues:
    return await PastPrices(database, chain.read, chain=CHAIN).worth(activities, chain.ask)


async def test_one_block_says_what_sol_cost_in_its_hour_for_all(database: Database) -> None:
    chain = Chain(slot7=150, slot9=100)
    found = [bought(7, AT), bought(9, AT + HOUR + 5, sol=3)]
    assert await worth(database, chain, *found) == [Decimal(300), Decimal(300)]
    assert sorted(chain.asked) == [7, 9]
    other = Chain()
    assert await worth(database, other, bought(70, AT + 5)) == [Decimal(300)]
    assert other.asked == [], "read once and shared"


async def test_where_nobody_traded_the_next_blocks_are_read_also_for_the_next_wallet(
    database: Database,
) -> None:
    chain = Chain(slot22=150)
    assert await worth(database, chain, bought(7, AT)) == [None]
    assert chain.asked == [7, 8, 9]
    assert await worth(database, chain, bought(20, AT + 60)) == [Decimal(300)]
    assert chain.asked[MAX_BLOCKS:] == [20, 21, 22]


async def test_sol_that_an_order_gave_or_somebody_else_got_has_its_price_too(database: Database) -> None:
    chain = Chain(slot7=150)
    plain = bought(7, AT)
    filled = structs.replace(plain, index=1, paid=(), from_order=plain.paid)
    sold = structs.replace(plain, index=2, paid=plain.received, received=(), elsewhere=plain.paid)
    assert await worth(database, chain, plain, filled, sold) == [Decimal(300)] * 3


async def test_what_was_paid_in_dollars_needs_no_price(database: Database) -> None:
    dollars = Leg(mint="EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v", raw=5_000_000, decimals=6)
    chain = Chain()
    assert await worth(database, chain, structs.replace(bought(7, AT), paid=(dollars,))) == [Decimal(5)]
    token = Leg(mint=MINT, raw=5, decimals=6)
    assert await worth(database, chain, structs.replace(bought(7, AT), paid=(token,))) == [None]
    assert chain.asked == []


async def test_what_no_node_answers_is_asked_again(database: Database) -> None:
    chain = Chain(slot7=150)
    chain.is_away = True
    assert await worths(database, chain, bought(7, AT)) == TradeValues([None], is_final=False)
    chain.is_away = False
    assert await worths(database, chain, bought(7, AT)) == TradeValues([Decimal(300)], is_final=True)
