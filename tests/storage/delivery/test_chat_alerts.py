"""Price alerts fire once, for their chat, through its gates."""

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from msgspec import structs

from domain.alerts.kinds import read_event
from domain.rules.rules import ChatSettings
from domain.tokens.market_price import PriceSource, TokenPrice
from domain.tokens.price_alerts import Condition, PriceReached, after, is_reached
from storage.chats.group_migrations import migrate_chat
from storage.chats.rules import change_settings
from storage.delivery.alert_history import history_of_token
from storage.delivery.chat_alerts import (
    ChatAlert,
    delete_price_alert,
    fire_price_alerts,
    insert_chat_alerts,
    mints_waited_for,
    price_alerts_of,
)
from storage.delivery.claims import claim
from storage.postgres import Connection, Database
from tests.storage.price_alerts import WANTED, waiting
from tests.storage.sample_data import ALICE, BOB, CHAIN, MINT, fan_out_all, follow, happened, purchase

pytestmark = pytest.mark.services


REACHED = PriceReached(
    chain=CHAIN,
    mint=MINT,
    condition=Condition.ABOVE,
    target=Decimal(1),
    anchor=Decimal(1),
    usd=Decimal(1),
    price_alert_id=1,
)


def price(usd: str) -> dict[str, TokenPrice]:
    return {
        MINT: TokenPrice(
            mint=MINT, usd=Decimal(usd), source=PriceSource.POOL, read_at=datetime.now(UTC), slot=9
        )
    }


async def test_a_price_fires_once_however_many_read_it(database: Database) -> None:
    await waiting(database)
    fired = await asyncio.gather(
        *(fire_price_alerts(database, chain=CHAIN, prices=price("1.1")) for _ in range(4))
    )
    assert sum(fired) == 1
    assert await fire_price_alerts(database, chain=CHAIN, prices=price("1.2")) == 0
    assert await fire_price_alerts(database, chain=CHAIN, prices=price("1.21")) == 1
    events = [
        read_event(row["kind"], row["payload"])
        for row in await database.fetch("SELECT kind, payload::text FROM alerts ORDER BY alert_id")
    ]
    assert [(one.anchor, one.usd) for one in events if isinstance(one, PriceReached)] == [
        (Decimal(1), Decimal("1.1")),
        (Decimal("1.1"), Decimal("1.21")),
    ]


async def test_each_of_several_has_its_chats_and_what_it_answers(database: Database) -> None:
    await follow(database, ALICE)
    await follow(database, BOB)
    event = structs.replace(REACHED, usd=Decimal(2))
    alerts = [
        ChatAlert(event=REACHED, happened_at=datetime.now(UTC), chats=[(BOB, 0), (ALICE, 7), (-404, 0)]),
        ChatAlert(event=event, happened_at=datetime.now(UTC), chats=[(ALICE, 0)], answers=[5]),
    ]

    async def work(connection: Connection) -> list[int]:
        assert await insert_chat_alerts(connection, []) == []
        return await insert_chat_alerts(connection, alerts)

    first, second = await database.transaction(work)
    rows = await database.fetch(
        "SELECT alert_id, number, chat_id, topic_id, answers_alert_id FROM alert_chats ORDER BY 1, 2"
    )
    assert [tuple(row) for row in rows] == [
        (first, 1, BOB, 0, None),
        (first, 2, ALICE, 7, None),
        (second, 1, ALICE, 0, 5),
    ]
    stored = await database.fetch("SELECT payload->>'usd' AS usd FROM alerts ORDER BY alert_id")
    assert [Decimal(row["usd"]) for row in stored] == [REACHED.usd, Decimal(2)]


async def test_its_chat_gets_it_and_nobody_else(database: Database) -> None:
    await follow(database, BOB)
    await waiting(database, structs.replace(WANTED, topic_id=7))
    await fire_price_alerts(database, chain=CHAIN, prices=price("2"))
    await happened(database, purchase())
    assert await fan_out_all(database) == 2
    found = {one.chat_id: one for one in await claim(database, owner="a", limit=9)}
    assert (found[ALICE].topic_id, found[ALICE].lane.name) == (7, "URGENT")
    assert await database.fetchval("SELECT watch_id FROM deliveries WHERE chat_id = $1", ALICE) is None


@pytest.mark.parametrize(
    ("settings", "gate"),
    [
        (ChatSettings(paused_until=datetime.now(UTC) + timedelta(hours=1)), "paused"),
        (ChatSettings(muted_tokens={MINT: datetime.now(UTC) + timedelta(hours=1)}), "token_muted"),
        (ChatSettings(per_hour=0), "hour_full"),
        (ChatSettings(), "wanted"),
    ],
)
async def test_the_gates_of_the_chat_decide_about_it(
    database: Database, settings: ChatSettings, gate: str
) -> None:
    await waiting(database)
    await change_settings(database, chat_id=ALICE, change=lambda _: settings)
    await fire_price_alerts(database, chain=CHAIN, prices=price("2"))
    await fan_out_all(database)
    assert await database.fetchval("SELECT gate FROM deliveries") == gate


async def test_an_equal_alert_starts_anew_and_a_chat_has_so_many_at_most(database: Database) -> None:
    first = await waiting(database, limit=1)
    assert first is not None
    assert await waiting(database, structs.replace(WANTED, target=Decimal("0.2")), limit=1) is None
    again = await waiting(database, structs.replace(WANTED, anchor=Decimal(3)), limit=2)
    assert again == structs.replace(first, anchor=Decimal(3))


async def test_alerts_are_listed_and_deleted_by_their_chat_alone(database: Database) -> None:
    one = await waiting(database)
    assert one is not None
    assert await price_alerts_of(database, chat_id=ALICE, topic_id=0, chain=CHAIN) == [one]
    assert await price_alerts_of(database, chat_id=ALICE, topic_id=0, chain=CHAIN, mint="other") == []
    assert await mints_waited_for(database, chain=CHAIN) == [MINT]
    assert await delete_price_alert(database, price_alert_id=one.price_alert_id, chat_id=BOB) is None
    assert await delete_price_alert(database, price_alert_id=one.price_alert_id, chat_id=ALICE) == one
    assert await mints_waited_for(database, chain=CHAIN) == []


async def test_why_finds_it_by_its_token(database: Database) -> None:
    await waiting(database)
    await fire_price_alerts(database, chain=CHAIN, prices=price("2"))
    await fan_out_all(database)
    history = await history_of_token(database, chat_id=ALICE, topic_id=0, mint=MINT)
    assert history is not None
    assert isinstance(history.event, PriceReached)
    assert history.delivery is not None


async def test_a_group_that_moves_takes_its_price_alerts_along_and_has_each_once(database: Database) -> None:
    await waiting(database)
    await waiting(database, structs.replace(WANTED, target=Decimal("0.2")))
    await waiting(database, structs.replace(WANTED, chat_id=BOB))
    await fire_price_alerts(database, chain=CHAIN, prices=price("1.1"))
    await migrate_chat(database, old_id=ALICE, new_id=BOB)
    found = await price_alerts_of(database, chat_id=BOB, topic_id=0, chain=CHAIN)
    assert [one.target for one in found] == [Decimal("0.2"), Decimal("0.1")]
    await fan_out_all(database)
    assert {row["chat_id"] for row in await database.fetch("SELECT chat_id FROM deliveries")} == {BOB}


async def test_a_price_that_reaches_nothing_waits_for_nobody(database: Database) -> None:
    """Somebody who changes an alert holds up only those that need it."""
    await waiting(database)

    async def hold(connection: Connection) -> int:
        await connection.fetch("SELECT FROM price_alerts FOR UPDATE")
        async with asyncio.timeout(5):
            return await fire_price_alerts(database, chain=CHAIN, prices=price("1.01"))

    assert await database.transaction(hold) == 0


async def test_many_fire_in_several_transactions_each_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.delivery.chat_alerts.MAX_AT_ONCE", 2)
    for number in range(1, 6):
        await waiting(database, structs.replace(WANTED, target=Decimal(number) / 10))
    await waiting(database, structs.replace(WANTED, target=Decimal(9)))
    fired = await asyncio.gather(
        *(fire_price_alerts(database, chain=CHAIN, prices=price("2")) for _ in range(3))
    )
    assert sum(fired) == 5
    rows = await database.fetch("SELECT count(*) AS number FROM alerts GROUP BY xmin::text ORDER BY number")
    assert sum(row["number"] for row in rows) == 5
    assert max(row["number"] for row in rows) <= 2


CONDITIONS = [(Condition.ABOVE, "1.2"), (Condition.BELOW, "0.9"), (Condition.PERCENT, "0.1")]


@pytest.mark.parametrize(("condition", "target"), CONDITIONS)
async def test_what_fires_and_what_comes_back_is_what_the_rules_say(
    database: Database, condition: Condition, target: str
) -> None:
    rules = await waiting(database, structs.replace(WANTED, condition=condition, target=Decimal(target)))
    assert rules is not None
    edges = ("1.2", "1.1881", "1.188", "1.2", "1.1", "1", "0.9", "0.9089", "0.909", "0.9", "0.81", "1.3")
    for usd in edges:
        fired = await fire_price_alerts(database, chain=CHAIN, prices=price(usd))
        assert fired == is_reached(rules, Decimal(usd)), usd
        rules = after(rules, Decimal(usd))
        assert await price_alerts_of(database, chat_id=ALICE, topic_id=0, chain=CHAIN) == [rules]
