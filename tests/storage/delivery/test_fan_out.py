"""The fan-out: every watch decided once, resumable, with a row for every no.
Limits an hour: the tier's, the chat's own below it, and never more however many dispatchers decide.
"""

import asyncio
from decimal import Decimal

import pytest
from msgspec import structs

from domain.activity.activity import Activity
from domain.errors import DatabaseUnavailable
from domain.positions import outcomes
from domain.positions.entries import Entry
from domain.rules.decisions import Decision
from domain.rules.lanes import parse_hourly_limits
from domain.rules.rules import DEFAULT_SETTINGS, Watch
from storage.admin.operators import set_aside
from storage.chats.chats import close_chat
from storage.chats.rules import change_settings
from storage.chats.watches import mute_watch, watches_of
from storage.delivery.claims import claim
from storage.delivery.event_facts import alerts_this_hour
from storage.delivery.fan_out import fan_out_next
from storage.delivery.open_alerts import Alert
from storage.postgres import Database
from tests.storage.outbox import undecided_alerts
from tests.storage.sample_data import (
    ALICE,
    BOB,
    CHAIN,
    WHALE,
    fan_out_all,
    follow,
    happened,
    purchase,
    rules,
)

HOURLY_LIMITS = parse_hourly_limits("free=3,pro=0")


@pytest.mark.services
async def test_every_follower_gets_one_delivery(database: Database) -> None:
    await follow(database, ALICE)
    await follow(database, BOB)
    await happened(database, purchase())
    assert await fan_out_all(database) == 2
    assert await undecided_alerts(database) == 0


@pytest.mark.services
async def test_a_muted_watch_gets_a_row_that_says_so(database: Database) -> None:
    await follow(database, ALICE)
    (watch,) = await watches_of(database, chat_id=ALICE, topic_id=0, chain=CHAIN)
    await mute_watch(database, watch_id=watch.watch_id, chat_id=ALICE, seconds=3600)
    await happened(database, purchase())
    assert await fan_out_all(database) == 0
    row = await database.fetchrow("SELECT state, gate FROM deliveries")
    assert row is not None
    assert (row["state"], row["gate"]) == ("suppressed", "muted")


@pytest.mark.services
async def test_a_closed_chat_is_not_written_to(database: Database) -> None:
    await follow(database, ALICE)
    await close_chat(database, ALICE, "blocked")
    await happened(database, purchase())
    assert await fan_out_all(database) == 0


@pytest.mark.services
async def test_a_later_watch_gets_no_delivery_for_earlier_alerts(database: Database) -> None:
    await follow(database, ALICE)
    await happened(database, purchase())
    await follow(database, BOB)
    assert await fan_out_all(database) == 1


@pytest.mark.services
async def test_a_large_fan_out_goes_on_where_it_stopped(database: Database) -> None:
    for chat_id in range(1, 11):
        await follow(database, chat_id)
    await happened(database, purchase())
    steps = [await fan_out_next(database, rules, limit=4) for _ in range(4)]
    assert [step and (step.wanted, step.has_more) for step in steps] == [
        (4, True),
        (4, True),
        (2, False),
        None,
    ]
    assert await database.fetchval("SELECT count(DISTINCT chat_id) FROM deliveries") == 10


@pytest.mark.services
async def test_several_dispatchers_share_the_alerts_without_doubling(database: Database) -> None:
    await follow(database, ALICE)
    await happened(database, *(purchase(number) for number in range(30)))
    await asyncio.gather(*(fan_out_all(database) for _ in range(4)))
    assert await database.fetchval("SELECT count(*) FROM deliveries") == 30
    assert await undecided_alerts(database) == 0


async def decide_all(database: Database) -> None:
    while await fan_out_next(database, rules, hourly_limits=HOURLY_LIMITS) is not None:
        continue


async def gates(database: Database, chat_id: int) -> list[str]:
    rows = await database.fetch(
        "SELECT gate FROM deliveries WHERE chat_id = $1 ORDER BY delivery_id", chat_id
    )
    return [row["gate"] for row in rows]


@pytest.mark.services
async def test_alerts_beyond_the_hourly_limit_are_deferred_to_one_digest_at_the_end_of_the_hour(
    database: Database,
) -> None:
    await follow(database, ALICE)
    await follow(database, BOB)
    await database.execute("UPDATE chats SET tier = 'pro' WHERE chat_id = $1", BOB)
    await happened(database, *(purchase(n) for n in range(5)))
    await decide_all(database)
    assert await gates(database, ALICE) == ["wanted"] * 3 + ["tier_full"] * 2
    assert await gates(database, BOB) == ["wanted"] * 5
    deferred = (
        "SELECT count(*) FROM deliveries"
        " WHERE state = 'deferred' AND due_at = date_trunc('hour', now()) + interval '1 hour'"
    )
    assert await database.fetchval(deferred) == 2
    kept = await database.fetchval(
        "SELECT reasons->>'hourly_limit' FROM deliveries WHERE gate = 'tier_full' LIMIT 1"
    )
    assert kept == "3"


@pytest.mark.services
@pytest.mark.parametrize(
    ("own", "expected"), [(2, ["wanted"] * 2 + ["hour_full"] * 3), (9, ["wanted"] * 3 + ["tier_full"] * 2)]
)
async def test_a_chat_may_only_lower_its_limit(database: Database, own: int, expected: list[str]) -> None:
    await follow(database, ALICE)
    await change_settings(database, ALICE, lambda _: structs.replace(DEFAULT_SETTINGS, per_hour=own))
    await happened(database, *(purchase(n) for n in range(5)))
    await decide_all(database)
    assert await gates(database, ALICE) == expected


@pytest.mark.services
async def test_several_dispatchers_together_do_not_exceed_it(database: Database) -> None:
    wallets = [f"{WHALE[:-2]}{n:02}" for n in range(12, 24)]
    for wallet in wallets:
        await follow(database, ALICE, wallet=wallet)

    async def one(number: int, wallet: str) -> None:
        await happened(database, purchase(number, wallet=wallet))
        await fan_out_next(database, rules, hourly_limits=HOURLY_LIMITS)

    async with asyncio.TaskGroup() as dispatchers:
        for number, wallet in enumerate(wallets):
            dispatchers.create_task(one(number, wallet))
    await decide_all(database)
    assert sorted(await gates(database, ALICE)) == ["tier_full"] * 9 + ["wanted"] * 3


@pytest.mark.services
async def test_only_this_hour_counts(database: Database) -> None:
    await follow(database, ALICE)
    await happened(database, purchase(1), purchase(2))
    await decide_all(database)
    await database.execute(
        "UPDATE deliveries SET created_at = now() - interval '2 hours'"
        " WHERE delivery_id = (SELECT min(delivery_id) FROM deliveries)"
    )

    async def work(connection: object) -> dict[int, int]:
        return await alerts_this_hour(connection, [ALICE, BOB])  # type: ignore[arg-type]

    assert await database.transaction(work) == {ALICE: 1, BOB: 0}


@pytest.mark.services
async def test_an_alert_whose_worth_cannot_be_worked_out_is_decided_without_and_holds_up_no_other(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await follow(database, ALICE)
    await happened(database, *(purchase(number) for number in range(3)))
    original = outcomes.entry_of

    def entry_of(activity: Activity, usd: Decimal | None) -> Entry:
        if activity.signature == "signature-1":
            raise ZeroDivisionError("a cost of nothing")
        return original(activity, usd)

    monkeypatch.setattr("storage.market.positions.entry_of", entry_of)
    assert await fan_out_all(database) == 3
    assert await undecided_alerts(database) == 0


@pytest.mark.services
async def test_a_chat_whose_settings_cannot_be_read_hears_by_the_defaults_and_holds_up_no_other(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    for chat in (ALICE, BOB):
        await follow(database, chat)
    change = "UPDATE chats SET settings = $2 WHERE chat_id = $1"
    await database.execute(change, ALICE, '{"digest":"weekly"}')
    await database.execute("UPDATE watches SET rules = '{\"min_usd\":[]}' WHERE chat_id = $1", BOB)
    await happened(database, purchase(1), purchase(2))
    assert await fan_out_all(database) == 4
    assert await undecided_alerts(database) == 0
    assert len(await claim(database, owner="a", limit=9)) == 4
    assert len([one for one in caplog.messages if "settings of chat" in one]) == 1
    assert len([one for one in caplog.messages if "rules of watch" in one]) == 1


@pytest.mark.services
async def test_an_alert_that_cannot_be_read_is_put_off_with_growing_pauses_and_others_go_on(
    database: Database,
) -> None:
    await follow(database, ALICE)
    _, second, _ = await happened(database, *(purchase(number) for number in range(3)))
    await database.execute("UPDATE alerts SET kind = 'of the next version' WHERE alert_id = $1", second)
    assert await fan_out_all(database) == 2
    assert await undecided_alerts(database) == 1
    assert (await set_aside(database))["alerts that cannot be decided"] == 1
    minutes = "SELECT round(extract(epoch FROM retry_at - now()) / 60)::int FROM alerts WHERE failures > 0"
    pauses = []
    for _ in range(8):
        pauses.append(await database.fetchval(minutes))
        await database.execute("UPDATE alerts SET retry_at = now() - interval '1 s' WHERE failures > 0")
        assert await fan_out_all(database) == 0
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]
    await database.execute("UPDATE alerts SET kind = 'activity', retry_at = NULL")
    assert await fan_out_all(database) == 1


@pytest.mark.services
async def test_a_database_that_is_away_puts_nothing_off(database: Database) -> None:
    await follow(database, ALICE)
    await happened(database, purchase())

    def away(_: Watch, __: Alert) -> Decision:
        raise DatabaseUnavailable("no answer")

    with pytest.raises(DatabaseUnavailable):
        await fan_out_next(database, away)
    assert await database.fetchval("SELECT max(failures) FROM alerts") == 0
