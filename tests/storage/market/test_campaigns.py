"""Paper campaigns go on with the trades that are noted, each once."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any

import pytest
from msgspec import structs

from domain.activity.activity import SOL, Activity, Kind, Leg, TradePrice
from domain.paper.plan import Plan
from domain.paper.seen import seen_trade_of
from domain.paper.stored import CampaignStatus, StoredCampaign
from storage.delivery.fan_out import fan_out_next
from storage.delivery.trade_prices import note_trades
from storage.market import campaigns
from storage.market.campaigns import (
    advance_campaigns,
    campaign_fills,
    campaigns_of,
    set_campaign_status,
    start_campaign,
)
from storage.postgres import Database
from tests.domain.paper.by_hand import by_hand
from tests.storage.sample_data import (
    ALICE,
    BOB,
    CHAIN,
    MINT,
    WHALE,
    fan_out_all,
    follow,
    happened,
    purchase,
    rules,
)

pytestmark = pytest.mark.services

SOL_LAMPORTS = 10**9
PLAN = Plan(size_sol=Decimal(1), wallets=frozenset({WHALE}))


def trade(number: int, price: str, *, is_sale: bool = False) -> Activity:
    visible = TradePrice(token=MINT, quote=SOL, quote_decimals=9, fill=Decimal(price))
    bought = structs.replace(purchase(number), price=visible, venue="Raydium")
    if not is_sale:
        return bought
    return structs.replace(bought, kind=Kind.SELL, paid=bought.received, received=bought.paid)


async def start(
    database: Database, plan: Plan = PLAN, *, chat_id: int = ALICE, limit: int = 10
) -> int | None:
    return await start_campaign(database, chat_id=chat_id, topic_id=0, chain=CHAIN, plan=plan, limit=limit)


async def stored(database: Database) -> StoredCampaign:
    (found,) = await campaigns_of(database, chat_id=ALICE, topic_id=0, chain=CHAIN, limit=5)
    return found


async def fills(database: Database, campaign_id: int, chat_id: int = ALICE) -> list[Any]:
    found = await campaign_fills(database, campaign_id=campaign_id, chat_id=chat_id, limit=5)
    return [(one.side.value, one.gain) for one in found]


async def test_a_purchase_and_a_sale_are_followed_and_fills_are_kept(database: Database) -> None:
    await follow(database, ALICE)
    campaign_id = await start(database)
    assert campaign_id is not None
    await happened(database, trade(1, "0.5"))
    await fan_out_all(database)
    assert (await stored(database)).open_positions == 1
    await happened(database, trade(2, "0.75", is_sale=True))
    await fan_out_all(database)
    found = await stored(database)
    assert (found.result.trades, found.result.wins, found.open_positions) == (1, 1, 0)
    assert found.whale.end - found.whale.holding == SOL_LAMPORTS // 2, "at the whale's own prices"
    assert await fills(database, campaign_id) == [("sell", found.result.realised), ("buy", None)]
    assert await fills(database, campaign_id, BOB) == [], "another chat's"


async def test_a_process_that_dies_before_the_commit_loses_and_doubles_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await follow(database, ALICE)
    campaign_id = await start(database)
    assert campaign_id is not None
    await happened(database, trade(1, "0.5"), trade(2, "0.75", is_sale=True))
    while await fan_out_next(database, rules) is not None:
        pass

    async def died(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("storage.delivery.trade_prices._end", died)
        with pytest.raises(KeyboardInterrupt):
            await note_trades(database)
    assert await fills(database, campaign_id) == []
    for _ in range(2):
        await note_trades(database)
    assert [side for side, _ in await fills(database, campaign_id)] == ["sell", "buy"]


async def test_while_it_pauses_it_sees_nothing_and_stopped_it_stays_so(database: Database) -> None:
    await follow(database, ALICE)
    campaign_id = await start(database)
    assert campaign_id is not None

    async def change(status: CampaignStatus, chat_id: int = ALICE) -> bool:
        return await set_campaign_status(database, campaign_id=campaign_id, chat_id=chat_id, status=status)

    assert not await change(CampaignStatus.PAUSED, BOB), "another chat's"
    assert await change(CampaignStatus.PAUSED)
    await happened(database, trade(1, "0.5"))
    await fan_out_all(database)
    assert await fills(database, campaign_id) == []
    assert await change(CampaignStatus.RUNNING)
    await happened(database, trade(2, "0.5"))
    await fan_out_all(database)
    assert await fills(database, campaign_id) == [("buy", None)]
    assert await change(CampaignStatus.STOPPED)
    assert not await change(CampaignStatus.RUNNING)


async def test_a_chat_has_no_more_campaigns_than_it_may(database: Database) -> None:
    await follow(database, ALICE)
    assert [await start(database, limit=1) is None for _ in range(2)] == [False, True]


async def test_trades_before_its_time_are_not_followed(database: Database) -> None:
    await follow(database, ALICE)
    at = int(datetime.now(UTC).timestamp()) + 3_600
    campaign_id = await start(database, structs.replace(PLAN, since=at))
    assert campaign_id is not None
    await happened(database, trade(1, "0.5"))
    await fan_out_all(database)
    assert await fills(database, campaign_id) == []


async def test_a_campaign_that_cannot_go_on_is_broken_off_and_holds_up_no_other(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await follow(database, ALICE)
    first, second = await start(database), await start(database, structs.replace(PLAN, size_sol=Decimal(2)))
    assert first is not None
    assert second is not None
    go_on = campaigns._go_on

    def broken(row: Any, trades: Any) -> Any:
        if row["campaign_id"] == first:
            raise ValueError("a state that cannot be")
        return go_on(row, trades)

    monkeypatch.setattr(campaigns, "_go_on", broken)
    await happened(database, trade(1, "0.5"))
    await fan_out_all(database)
    assert await fills(database, second) == [("buy", None)]
    found = await campaigns_of(database, chat_id=ALICE, topic_id=0, chain=CHAIN, limit=5)
    assert [(one.campaign_id, one.status, one.error) for one in found] == [
        (second, "running", None),
        (first, "stopped", "ValueError"),
    ]


async def test_stored_in_steps_it_comes_to_what_a_computation_apart_says(database: Database) -> None:
    await follow(database, ALICE)
    rng, at = Random(19), datetime(2026, 11, 29, tzinfo=UTC)
    plan = structs.replace(PLAN, delay_s=2, fee_bps=100, stop_pct=Decimal(20), take_profit_pct=Decimal(30))
    await start(database, plan)
    seen: list[tuple[Activity, datetime]] = []
    for number in range(300):
        at += timedelta(seconds=rng.choice((0, 1, 3, 20, 70)))
        one = trade(number, str(Decimal(rng.randint(50, 150)) / 100), is_sale=rng.random() < 0.4)
        depth = rng.choice((None, rng.randint(10**9, 10**12)))
        assert one.price is not None
        token = f"t{rng.randint(0, 3)}"
        price = structs.replace(one.price, token=token, liquidity_quote=depth)
        paid, received = (tuple(_of(leg, token) for leg in side) for side in (one.paid, one.received))
        wallet = rng.choice((WHALE, "another", "a third"))
        one = structs.replace(one, price=price, wallet=wallet, paid=paid, received=received)
        seen.append((one, at))
    left = seen
    while left:
        step, left = left[: (size := rng.randint(1, 40))], left[size:]
        await database.transaction(partial(advance_campaigns, seen=step))
    trades = [found for one, moment in seen if (found := seen_trade_of(one, moment)) is not None]
    result = (await stored(database)).result
    assert structs.asdict(result) == by_hand(plan, trades)
    assert result.trades > 5


def _of(leg: Leg, token: str) -> Leg:
    return leg if leg.mint == SOL else structs.replace(leg, mint=token)
