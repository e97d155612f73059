"""What followed wallets hold, and that it makes alerts urgent for the chats which it concerns."""

import pytest

from domain.activity.activity import SOL, Activity, Kind, Leg
from domain.rules.lanes import Lane
from storage.delivery.fan_out import fan_out_next
from storage.postgres import Database
from tests.storage.sample_data import (
    ALICE,
    BOB,
    MINT,
    WHALE,
    fan_out_all,
    follow,
    happened,
    purchase,
    rules,
)

pytestmark = pytest.mark.services

HOLDER = "9WzDXwBbmkg8ZTbNMqUxvQRAyrZzDsGYdLVL9zYtAWWM"


def sale(number: int, *, raw: int, wallet: str = HOLDER, kind: Kind = Kind.SELL) -> Activity:
    return Activity(
        chain="sandbox",
        signature=f"sale-{number}",
        slot=500 + number,
        block_time=1_700_000_500 + number,
        wallet=wallet,
        kind=kind,
        paid=(Leg(mint=MINT, raw=raw, decimals=5),),
        received=(Leg(mint=SOL, raw=1_000_000_000, decimals=9),),
    )


async def lanes(database: Database, chat_id: int) -> list[Lane]:
    rows = await database.fetch(
        "SELECT lane FROM deliveries WHERE chat_id = $1 ORDER BY delivery_id", chat_id
    )
    return [Lane(row["lane"]) for row in rows]


async def test_an_alert_of_a_token_that_the_chat_owns_is_urgent_only_for_it(database: Database) -> None:
    for chat_id in (ALICE, BOB):
        await follow(database, chat_id)
    await follow(database, ALICE, wallet=HOLDER)
    await happened(database, purchase(1, wallet=HOLDER))
    await fan_out_all(database)
    await happened(database, purchase(2))
    await fan_out_all(database)
    assert await lanes(database, ALICE) == [Lane.NORMAL, Lane.URGENT]
    assert await lanes(database, BOB) == [Lane.NORMAL]


async def test_liquidity_that_another_wallet_removes_is_urgent_where_the_token_is_owned(
    database: Database,
) -> None:
    await follow(database, ALICE)
    await follow(database, ALICE, wallet=HOLDER)
    await happened(database, purchase(1, wallet=HOLDER))
    await happened(database, sale(2, raw=5, wallet=WHALE, kind=Kind.LIQUIDITY_REMOVE))
    await fan_out_all(database)
    assert await lanes(database, ALICE) == [Lane.NORMAL, Lane.URGENT]


async def test_a_wallet_that_has_left_a_token_makes_it_urgent_no_more(database: Database) -> None:
    await follow(database, ALICE)
    await follow(database, ALICE, wallet=HOLDER)
    bought = purchase(1, wallet=HOLDER)
    await happened(database, bought, sale(2, raw=bought.received[0].raw))
    await fan_out_all(database)
    await happened(database, purchase(3))
    await fan_out_all(database)
    assert await lanes(database, ALICE) == [Lane.NORMAL, Lane.URGENT, Lane.NORMAL]
    assert await database.fetchval("SELECT raw FROM holdings JOIN wallets USING (wallet_id) LIMIT 1") == 0


async def test_a_wallet_that_buys_more_of_its_own_token_is_not_urgent(database: Database) -> None:
    await follow(database, ALICE)
    await happened(database, purchase(1))
    await fan_out_all(database)
    await happened(database, purchase(2))
    await fan_out_all(database)
    assert await lanes(database, ALICE) == [Lane.NORMAL, Lane.NORMAL]


async def test_an_alert_decided_in_many_steps_is_added_once(database: Database) -> None:
    for chat_id in range(1, 6):
        await follow(database, chat_id)
    await happened(database, purchase(1))
    while await fan_out_next(database, rules, limit=2) is not None:
        continue
    assert await database.fetchval("SELECT raw FROM holdings") == purchase(1).received[0].raw


async def test_in_a_burst_exits_and_owned_tokens_are_not_coalesced(database: Database) -> None:
    await follow(database, ALICE)
    await follow(database, ALICE, wallet=HOLDER)
    await happened(database, purchase(1, wallet=HOLDER))
    await fan_out_next(database, rules, coalesce_seconds=5.0)
    other = purchase(3)
    plain = Activity(**{name: getattr(other, name) for name in other.__struct_fields__} | {"received": ()})
    await happened(database, sale(2, raw=1, wallet=WHALE), plain, purchase(4))
    await fan_out_next(database, rules, coalesce_seconds=5.0)
    rows = await database.fetch(
        "SELECT lane, coalescing, due_at > now() AS waits FROM deliveries ORDER BY delivery_id OFFSET 1"
    )
    assert [tuple(row) for row in rows] == [(1, False, False), (2, True, True), (1, False, False)]
