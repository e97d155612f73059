"""Deferred deliveries come in one digest, none is lost and none comes twice."""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import pytest
from msgspec import structs

from domain.activity.activity import Activity, Kind
from domain.delivery.deliveries import DeliveryKind
from domain.rules.rules import ChatSettings, Digest, Quiet
from domain.tokens.price_alerts import Condition, PriceReached
from storage.chats import rules
from storage.chats.rules import change_settings
from storage.chats.watches import mute_watch
from storage.delivery.claims import claim
from storage.delivery.digests import MAX_LISTED, contents, deferred_alerts, gather_due
from storage.postgres import Database
from tests.storage.outbox import HOURLY_DIGEST, defer_alerts, end_deferral
from tests.storage.sample_data import ALICE, BOB, CHAIN, MINT, fan_out_all, follow, happened, purchase

pytestmark = pytest.mark.services
PRICE = msgspec.json.encode(
    PriceReached(
        chain=CHAIN,
        mint=MINT,
        condition=Condition.ABOVE,
        target=Decimal(1),
        anchor=Decimal(1),
        usd=Decimal(2),
        price_alert_id=1,
    )
).decode()
OTHER = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"


async def states(database: Database) -> dict[str, int]:
    rows = await database.fetch("SELECT state, count(*) FROM deliveries GROUP BY state")
    return {row["state"]: row["count"] for row in rows}


async def test_deferred_deliveries_wait_and_then_come_in_one_digest(database: Database) -> None:
    await defer_alerts(database, ALICE, 5)
    assert await states(database) == {"deferred": 5}
    assert await claim(database, owner="a", limit=9) == []
    assert await gather_due(database) == 0
    await end_deferral(database)
    assert await gather_due(database) == 5
    assert await states(database) == {"pending": 1, "digested": 4}
    (carrier,) = await claim(database, owner="a", limit=9)
    assert carrier.kind is DeliveryKind.DIGEST
    digested = "SELECT count(*) FROM deliveries WHERE digest_id = $1"
    assert await database.fetchval(digested, carrier.delivery_id) == 5
    entries = (await contents(database, [carrier.delivery_id]))[carrier.delivery_id]
    assert [entry.event.signature for entry in entries if isinstance(entry.event, Activity)] == [
        f"signature-{number}" for number in range(5)
    ]
    assert {entry.label for entry in entries} == {"Moby"}


async def test_what_a_chat_gets_later_is_counted_by_whether_its_wallets_are_busy(database: Database) -> None:
    assert await deferred_alerts(database, ALICE) is None
    await defer_alerts(database, ALICE, 3)
    await database.execute("UPDATE deliveries SET gate = 'wallet_busy' WHERE delivery_id IN (1, 2)")
    found = await deferred_alerts(database, ALICE)
    assert found is not None
    assert (found.number, found.of_busy_wallets) == (3, 2)
    assert found.until == await database.fetchval("SELECT min(due_at) FROM deliveries")
    assert await deferred_alerts(database, BOB) is None


async def test_when_one_deferred_delivery_is_due_all_of_the_chat_are(database: Database) -> None:
    await defer_alerts(database, ALICE, 3)
    await database.execute(
        "UPDATE deliveries SET due_at = now() WHERE delivery_id = (SELECT min(delivery_id) FROM deliveries)"
    )
    assert await gather_due(database) == 3


async def test_each_chat_gets_its_own_digest_and_several_dispatchers_make_no_more(database: Database) -> None:
    await defer_alerts(database, ALICE, 4)
    await defer_alerts(database, BOB, 4, first=10)
    await end_deferral(database)
    assert sum(await asyncio.gather(*(gather_due(database) for _ in range(6)))) == 12
    assert await states(database) == {"pending": 2, "digested": 10}


async def test_a_long_digest_counts_the_earlier_ones_and_misses_none(database: Database) -> None:
    await defer_alerts(database, ALICE, MAX_LISTED + 30)
    await end_deferral(database)
    await gather_due(database)
    (carrier,) = await claim(database, owner="a", limit=1)
    entries = (await contents(database, [carrier.delivery_id]))[carrier.delivery_id]
    assert sum(entry.number for entry in entries) == MAX_LISTED + 30
    assert entries[0].event is None
    assert (entries[0].sort, entries[0].number) == (Kind.BUY, 30)


async def test_an_exit_of_the_beginning_does_not_go_under_in_a_long_digest(database: Database) -> None:
    await follow(database, ALICE, label="Moby")
    await change_settings(database, ALICE, lambda _: HOURLY_DIGEST)
    left = structs.replace(purchase(0, kind=Kind.SELL), token_before=9, token_after=0)
    await happened(database, left, *(purchase(number) for number in range(1, MAX_LISTED + 30)))
    await fan_out_all(database)
    await database.execute(
        """UPDATE alerts SET market = '{"usd": "900"}' WHERE payload->>'signature' = 'signature-3'"""
    )
    price = await database.fetchval("SELECT min(alert_id) + 1 FROM alerts")
    await database.execute(
        "UPDATE alerts SET kind = 'price', sort = 'price', market = NULL, payload = $2 WHERE alert_id = $1",
        price,
        PRICE,
    )
    await end_deferral(database)
    await gather_due(database)
    (carrier,) = await claim(database, owner="a", limit=1)
    entries = (await contents(database, [carrier.delivery_id]))[carrier.delivery_id]
    assert any(isinstance(entry.event, PriceReached) for entry in entries)
    events = [entry.event.signature for entry in entries if isinstance(entry.event, Activity)]
    assert events[:2] == ["signature-0", "signature-3"], "the exit, and the one whose dollars are known"
    assert len(events) == MAX_LISTED - 1
    assert sum(entry.number for entry in entries) == MAX_LISTED + 30


async def test_two_wallets_of_one_name_are_distinguished_listed_and_counted(database: Database) -> None:
    await follow(database, ALICE, wallet=OTHER, label="moby")
    await defer_alerts(database, ALICE, MAX_LISTED + 2)
    await end_deferral(database)
    await gather_due(database)
    (carrier,) = await claim(database, owner="a", limit=1)
    entries = (await contents(database, [carrier.delivery_id]))[carrier.delivery_id]
    assert {entry.label for entry in entries} == {"Moby 7vfC…voxs"}


async def test_f74_settings_changed_at_night_still_make_one_digest(database: Database) -> None:
    await defer_alerts(database, ALICE, 3)
    daily = ChatSettings(digest=Digest.DAILY, digest_at=600, zone="Asia/Tokyo")
    await change_settings(database, ALICE, lambda _: daily)
    await happened(database, purchase(9))
    await fan_out_all(database)
    assert (
        await database.fetchval("SELECT count(DISTINCT due_at) FROM deliveries WHERE state = 'deferred'") == 1
    )
    await change_settings(database, ALICE, lambda _: ChatSettings(zone="America/New_York"))
    assert await gather_due(database) == 4
    assert await gather_due(database) == 0
    assert await states(database) == {"pending": 1, "digested": 3}


async def defer_beyond(database: Database, limit: ChatSettings) -> None:
    """Let three events happen one after the other where the limit takes one of them."""
    await follow(database, ALICE, label="Moby")
    await change_settings(database, ALICE, lambda _: limit)
    for number in range(3):
        await happened(database, purchase(number))
        await fan_out_all(database)


@pytest.mark.parametrize(
    ("limit", "none"),
    [
        (ChatSettings(busy_above=1), ChatSettings(busy_above=0)),
        (ChatSettings(per_hour=1), ChatSettings()),
    ],
)
async def test_what_a_limit_had_deferred_comes_once_it_is_lifted(
    database: Database, limit: ChatSettings, none: ChatSettings
) -> None:
    """Who asks for every event at once does not wait for the end of the hour."""
    await defer_beyond(database, limit)
    assert (await states(database))["deferred"] == 2
    assert await gather_due(database) == 0
    await change_settings(database, ALICE, lambda _: none)
    assert await gather_due(database) == 2


@pytest.mark.parametrize(
    "limit", [ChatSettings(busy_above=1), ChatSettings(per_hour=1)], ids=["busy wallet", "alerts an hour"]
)
async def test_what_a_limit_had_deferred_waits_for_it_whatever_else_is_set(
    database: Database, monkeypatch: pytest.MonkeyPatch, limit: ChatSettings
) -> None:
    """Who sets quiet hours did not ask for what waits until the next hour."""
    await defer_beyond(database, limit)
    monkeypatch.setattr(rules, "now", lambda: datetime(2036, 3, 1, 12, 20, tzinfo=UTC))
    at_night = Quiet(begin=23 * 60, end=7 * 60)
    await change_settings(database, ALICE, lambda old: structs.replace(old, quiet=at_night))
    due = await database.fetch("SELECT due_at FROM deliveries WHERE state = 'deferred'")
    assert [row["due_at"] for row in due] == [datetime(2036, 3, 1, 13, tzinfo=UTC)] * 2


async def test_f74_all_of_a_quiet_night_comes_once(database: Database) -> None:
    await follow(database, ALICE)
    always = Quiet(begin=0, end=1439)
    await change_settings(
        database, ALICE, lambda old: structs.replace(old, quiet=always, zone="Europe/Berlin")
    )
    await happened(database, *(purchase(number) for number in range(3)))
    await fan_out_all(database)
    rows = await database.fetch("SELECT gate, due_at > now() AS later FROM deliveries")
    assert [(row["gate"], row["later"]) for row in rows] in ([("quiet", True)] * 3, [("wanted", False)] * 3)


async def test_f79_a_mute_while_the_digest_is_built_leaves_it_whole(database: Database) -> None:
    await defer_alerts(database, ALICE, 6)
    await end_deferral(database)
    watch_id = await database.fetchval("SELECT watch_id FROM watches")
    await asyncio.gather(
        mute_watch(database, watch_id=watch_id, chat_id=ALICE, seconds=60),
        gather_due(database),
        gather_due(database),
    )
    assert await states(database) == {"pending": 1, "digested": 5}
    (carrier,) = await claim(database, owner="a", limit=9)
    entries = (await contents(database, [carrier.delivery_id]))[carrier.delivery_id]
    assert sum(entry.number for entry in entries) == 6
    await happened(database, purchase(99))
    await fan_out_all(database)
    assert await database.fetchval("SELECT gate FROM deliveries ORDER BY delivery_id DESC LIMIT 1") == "muted"
