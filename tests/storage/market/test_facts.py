"""What rules ask for: dollars from trades that were seen, and what a wallet had before."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from msgspec import structs

from domain.activity.activity import SOL, Activity, Kind, Leg, TradePrice
from domain.rules.decisions import Facts
from domain.rules.rules import Rules, Watch
from domain.tokens.candles import SeenPrice
from storage.chats.rules import change_rules
from storage.chats.watches import watches_of
from storage.delivery.fan_out import fan_out_next
from storage.delivery.open_alerts import Alert
from storage.market.candles import note_prices_seen
from storage.market.dollars import note_stake_rates
from storage.market.holdings import add_to_holdings, have_sent_all
from storage.market.tokens import Token, save_tokens
from storage.postgres import Connection, Database
from tests.storage.sample_data import ALICE, CHAIN, MINT, WHALE, follow, happened, purchase, rules

pytestmark = pytest.mark.services
OTHER = "9WzDXwBbmkg8ZTbNMqUxvQRAyrZzDsGYdLVL9zYtAWWM"
JITOSOL = "J1toso1uCk3RLmjorhTtrVwY9HJ7X8V9yYac6Y7kGCPn"
USDC = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"


@pytest.fixture
async def _ruled(database: Database) -> None:
    await follow(database, ALICE)
    (watch,) = await watches_of(database, chat_id=ALICE, topic_id=0, chain=CHAIN)
    await change_rules(
        database, watch_id=watch.watch_id, chat_id=ALICE, change=lambda _: Rules(first_buy_only=True)
    )


async def known(database: Database, *activities: Activity) -> list[Facts]:
    """The facts of each, in their order."""
    seen: list[Facts] = []

    def note(watch: Watch, alert: Alert) -> object:
        seen.append(alert.facts)
        return rules(watch, alert)

    await happened(database, *activities)
    while await fan_out_next(database, note) is not None:  # type: ignore[arg-type]
        pass
    return seen


def sol_for(dollars: int, number: int) -> Activity:
    return structs.replace(
        purchase(number, kind=Kind.SELL),
        paid=(Leg(mint=SOL, raw=10**9, decimals=9),),
        received=(Leg(mint=USDC, raw=dollars * 10**6, decimals=6),),
        venue="Orca Whirlpool",
    )


def sale(number: int, raw: int) -> Activity:
    return structs.replace(
        purchase(number, kind=Kind.SELL),
        paid=(Leg(mint=MINT, raw=raw, decimals=5),),
        received=purchase().paid,
    )


BOUGHT = purchase().received[0].raw


@pytest.mark.usefixtures("_ruled")
async def test_f77_a_price_nobody_saw_is_unknown_and_the_alert_is_sent(database: Database) -> None:
    (facts,) = await known(database, purchase())
    assert facts.usd is None
    assert await database.fetchval("SELECT state FROM deliveries") == "pending"


@pytest.mark.usefixtures("_ruled")
async def test_the_price_of_sol_is_the_median_of_what_trades_showed(database: Database) -> None:
    odd = 1_000_000
    *_, facts = await known(
        database, sol_for(150, 0), sol_for(151, 1), sol_for(odd, 2), sol_for(152, 3), purchase(4)
    )
    assert facts.usd in {Decimal("84.2") * 151, Decimal("84.2") * 152}


@pytest.mark.usefixtures("_ruled")
async def test_a_jump_needs_another_wallet_and_a_transfer_shows_no_price(database: Database) -> None:
    await follow(database, ALICE, wallet=OTHER)
    other = structs.replace(sol_for(900, 3), wallet=OTHER)
    friends = structs.replace(sol_for(800, 4), venue=None, wallet=OTHER)
    facts = await known(database, sol_for(150, 0), sol_for(901, 1), purchase(2), other, friends, purchase(5))
    outlier, confirmed = facts[2], facts[5]
    assert outlier.usd == Decimal("84.2") * 150
    assert confirmed.usd in {Decimal("84.2") * 900, Decimal("84.2") * 901}


@pytest.mark.usefixtures("_ruled")
async def test_a_price_that_is_an_hour_old_is_unknown(database: Database) -> None:
    *_, facts = await known(database, sol_for(150, 0), purchase(3_700))
    assert facts.usd is None


@pytest.mark.usefixtures("_ruled")
async def test_the_first_buy_is_distinguished_from_the_second(database: Database) -> None:
    first, second = await known(database, purchase(0), purchase(1))
    assert (first.first_buy, second.first_buy) == (True, False)
    rows = await database.fetch("SELECT gate FROM deliveries ORDER BY delivery_id")
    assert [row["gate"] for row in rows] == ["wanted", "not_first_buy"]


@pytest.mark.usefixtures("_ruled")
async def test_a_sale_of_all_that_was_bought_is_a_full_exit(database: Database) -> None:
    _, part, rest, unseen = await known(
        database, purchase(0), sale(1, BOUGHT // 3), sale(2, BOUGHT - BOUGHT // 3), sale(3, 5)
    )
    assert (part.full_exit, rest.full_exit, unseen.full_exit) == (False, True, None)


@pytest.mark.usefixtures("_ruled")
async def test_a_transfer_takes_all_only_where_what_was_bought_agrees(database: Database) -> None:
    leg = purchase().received[0]
    sent = structs.replace(
        purchase(2, kind=Kind.TRANSFER_OUT), paid=(leg,), received=(), token_before=leg.raw, token_after=0
    )
    both = (structs.replace(leg, raw=2 * leg.raw),)
    events = [
        structs.replace(purchase(1), received=both),
        sent,
        structs.replace(sent, signature="signature-3"),
        structs.replace(sent, signature="signature-4", token_after=leg.raw // 2),
        structs.replace(sent, signature="signature-5", paid=(structs.replace(leg, mint=USDC),)),
    ]
    found = [facts.full_exit for event in events for facts in await known(database, event)]
    assert found == [None, False, True, False, None]
    rows = await database.fetch("SELECT market->'outcome' ? 'sent_all' AS said FROM alerts ORDER BY alert_id")
    assert [bool(row["said"]) for row in rows] == [False, False, True, False, False]


@pytest.mark.usefixtures("_ruled")
async def test_transfers_of_one_batch_are_kept_apart(database: Database) -> None:
    await known(database, purchase(1))
    leg = purchase().received[0]
    sent = structs.replace(
        purchase(2, kind=Kind.TRANSFER_OUT), paid=(leg,), received=(), token_before=leg.raw, token_after=0
    )
    batch = [
        structs.replace(sent, signature="signature-3", token_after=leg.raw // 2),
        structs.replace(sent, signature="signature-4", paid=(structs.replace(leg, mint=USDC),)),
        purchase(5),
        structs.replace(sent, signature="signature-6", wallet="another that is not followed"),
        sent,
    ]

    async def work(connection: Connection) -> list[bool | None]:
        wallet_id = await connection.fetchval("SELECT wallet_id FROM wallets")
        await add_to_holdings(connection, [(wallet_id, sent)])
        return await have_sent_all(connection, batch)

    assert await database.transaction(work) == [False, None, None, None, True]


@pytest.mark.usefixtures("_ruled")
async def test_a_swap_of_all_that_was_bought_is_a_full_exit(database: Database) -> None:
    into = (Leg(mint="other", raw=7, decimals=0),)
    swaps = [structs.replace(sale(1, BOUGHT - 1), kind=Kind.SWAP, received=into)]
    swaps.append(structs.replace(sale(2, 1), kind=Kind.SWAP, received=into))
    _, part, rest = await known(database, purchase(0), *swaps)
    assert (part.full_exit, rest.full_exit) == (False, True)


async def test_watches_without_rules_need_no_facts(database: Database) -> None:
    await follow(database, ALICE)
    assert await known(database, purchase()) == [Facts()]
    assert WHALE


@pytest.mark.usefixtures("_ruled")
async def test_of_two_sales_in_one_slot_nothing_is_known(database: Database) -> None:
    await known(database, purchase(0))
    halves = [structs.replace(sale(number, 1_920_506_172), slot=500) for number in (1, 2)]
    assert [facts.full_exit for facts in await known(database, *halves)] == [None, None]


@pytest.mark.usefixtures("_ruled")
async def test_market_cap_and_age_follow_from_the_trade_and_from_what_is_stored(database: Database) -> None:
    bought = structs.replace(
        purchase(2),
        paid=(Leg(mint=USDC, raw=50 * 10**6, decimals=6),),
        received=(Leg(mint=MINT, raw=1_000, decimals=5),),
        price=TradePrice(
            token=MINT,
            quote=USDC,
            quote_decimals=6,
            fill=Decimal(5_000),
            pool="pool",
            spot=Decimal(5_010),
            impact=Decimal("0.002"),
            liquidity_quote=25_000 * 10**6,
        ),
    )
    (facts,) = await known(database, bought)
    assert facts.market_cap is None
    assert facts.liquidity == 50_000
    await save_tokens(
        database, [Token(chain=CHAIN, mint=MINT, symbol=None, name=None, decimals=5, supply=2_000_000)]
    )
    await database.execute("UPDATE tokens SET first_seen_at = to_timestamp(1700000000)")
    (facts,) = await known(database, structs.replace(bought, signature="later", block_time=1_700_003_600))
    assert facts.market_cap == 100_200
    assert (facts.token_age, facts.token_age_at_least) == (None, timedelta(hours=1))
    await database.execute("UPDATE tokens SET created_at = to_timestamp(1699996400)")
    (facts,) = await known(database, structs.replace(bought, signature="last", block_time=1_700_003_600))
    assert facts.token_age == timedelta(hours=2)


@pytest.mark.usefixtures("_ruled")
async def test_of_sells_that_are_seen_out_of_order_the_last_seen_is_the_exit(database: Database) -> None:
    whole = purchase().received[0].raw
    await known(database, purchase(1))
    (later,) = await known(database, sale(9, whole - 10))
    (earlier,) = await known(database, sale(5, 10))
    assert (later.full_exit, earlier.full_exit) == (False, True)


@pytest.mark.usefixtures("_ruled")
async def test_of_sells_that_are_seen_together_the_last_is_the_exit(database: Database) -> None:
    whole = purchase().received[0].raw
    await known(database, purchase(1))
    first, last = await known(database, sale(5, 10), sale(9, whole - 10))
    assert (first.full_exit, last.full_exit) == (False, True)


@pytest.mark.usefixtures("_ruled")
async def test_of_buys_that_are_seen_out_of_order_only_the_first_seen_is_the_first(
    database: Database,
) -> None:
    (later,) = await known(database, purchase(9))
    (earlier,) = await known(database, purchase(5))
    assert (later.first_buy, earlier.first_buy) == (True, False)


async def test_a_token_that_came_unasked_is_known_once_the_wallet_dealt_with_it(database: Database) -> None:
    await follow(database, ALICE)
    token = (Leg(mint=OTHER, raw=5, decimals=6),)
    spam = structs.replace(purchase(0, kind=Kind.TRANSFER_IN), paid=(), received=token, is_signer=False)
    again = structs.replace(purchase(2, kind=Kind.TRANSFER_IN), paid=(), received=token, is_signer=False)
    bought = structs.replace(purchase(1), received=token)
    (first,) = await known(database, spam)
    _, second = await known(database, bought, again)
    assert (first.tokens_known, second.tokens_known) == (False, True)
    rows = await database.fetch("SELECT gate FROM deliveries ORDER BY delivery_id")
    assert [row["gate"] for row in rows] == ["spam", "wanted", "wanted"]


async def test_staked_sol_is_worth_its_rate_in_a_trade_and_in_a_transfer(database: Database) -> None:
    await follow(database, ALICE)
    await note_stake_rates(database, chain=CHAIN, rates={JITOSOL: Decimal("1.25")})
    staked = (Leg(mint=JITOSOL, raw=2 * 10**9, decimals=9),)
    sent = structs.replace(purchase(1, kind=Kind.TRANSFER_OUT), paid=staked, received=())
    bought = structs.replace(purchase(2, kind=Kind.SWAP), paid=staked)
    *_, transfer, trade = await known(database, sol_for(150, 0), sent, bought)
    assert (transfer.usd, trade.usd) == (Decimal(375), Decimal(375))


@pytest.mark.parametrize(("is_certain", "usd"), [(True, Decimal(300)), (False, None)])
async def test_token_for_token_is_worth_what_deep_pools_of_either_showed(
    database: Database,
    is_certain: bool,  # noqa: FBT001 - a case
    usd: Decimal | None,
) -> None:
    await follow(database, ALICE)
    swap = structs.replace(
        purchase(1, kind=Kind.SWAP), paid=(Leg(mint=OTHER, raw=1_200 * 10**6, decimals=6),)
    )
    at = datetime.now(UTC)
    seen = SeenPrice(chain=CHAIN, mint=OTHER, usd=Decimal("0.25"), at=at, is_certain=is_certain)
    await database.transaction(lambda connection: note_prices_seen(connection, [seen]))
    (facts,) = await known(database, swap)
    assert facts.usd == usd
