"""The budget of a chat: what it judged is stored, what is not surprising enough waits for the digest."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from msgspec import structs

from domain.activity.activity import SOL, Activity, Kind, Leg
from domain.activity.prices import ReadPrice
from domain.rules.rules import Rules
from domain.tokens.token_trades import FollowedToken
from storage.chats.rules import change_settings
from storage.delivery.noise import week_of
from storage.market.dollars import note_published
from storage.patterns.token_trades import announce_trades, follow_token
from storage.postgres import Database
from tests.storage.patterns.samples import AHAB, BELA, CORA, FUNDER, found_after, trade
from tests.storage.sample_data import ALICE, BOB, CHAIN, MINT, fan_out_all, follow, happened, purchase

pytestmark = pytest.mark.services

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


def bought(number: int, sol: int = 1) -> Activity:
    leg = Leg(mint=SOL, raw=sol * 10**9, decimals=9)
    return structs.replace(purchase(number), paid=(leg,), token_before=10, token_after=20)


async def with_budget(database: Database, per_day: int = 15) -> None:
    at = purchase(0).block_time or 0
    sol = ReadPrice(mint=SOL, usd=Decimal(200), published_at=at - 1, is_certain=True)
    await note_published(database, chain=CHAIN, prices=[sol])
    await follow(database, ALICE)
    await change_settings(database, ALICE, lambda old: structs.replace(old, per_day=per_day))


async def rows(database: Database) -> list[tuple[str, str, float | None]]:
    found = await database.fetch("SELECT gate, state, surprise FROM deliveries ORDER BY delivery_id")
    return [(row["gate"], row["state"], row["surprise"]) for row in found]


async def know_a_week(database: Database, events_a_day: int) -> None:
    """As if the chat had had so many events a day for a week, evenly, of scores from 0 to 0.5."""
    week = (
        '{"days": 7.0, "by_hour": ['
        + ", ".join([str(events_a_day / 24)] * 24)
        + '], "scores": ['
        + ", ".join(str(number / 200) for number in range(100))
        + "]}"
    )
    zone = midnight_zone()
    await change_settings(database, ALICE, lambda old: structs.replace(old, zone=zone))
    await database.execute(
        "INSERT INTO noise_weeks (chat_id, zone, week) VALUES ($1, $2, $3)", ALICE, zone, week
    )


def midnight_zone() -> str:
    """A time zone in which the day has just begun, so that nothing of it is missing."""
    hour = datetime.now(UTC).hour
    return f"Etc/GMT+{hour}" if hour <= 12 else f"Etc/GMT-{24 - hour}"


async def test_what_surprises_comes_and_the_rest_waits_for_the_digest(database: Database) -> None:
    await with_budget(database)
    await know_a_week(database, 2_000)
    for number in range(1, 32):
        await happened(database, bought(number))
        await fan_out_all(database)
    await happened(database, structs.replace(bought(50, sol=90), token_before=0))
    await fan_out_all(database)
    found = await rows(database)
    assert {(gate, state) for gate, state, _ in found[2:-1]} == {("budget", "deferred")}
    gate, state, surprise = found[-1]
    assert (gate, state) == ("wanted", "pending")
    assert surprise is not None
    assert surprise > 0.89
    due = await database.fetchval("SELECT min(due_at) - now() FROM deliveries WHERE state = 'deferred'")
    assert due > timedelta(0), "nothing is lost: it comes with the next daily digest"


async def test_a_full_exit_stands_outside(database: Database) -> None:
    await with_budget(database, per_day=1)
    await know_a_week(database, 2_000)
    leg = Leg(mint=MINT, raw=20, decimals=5)
    exit_ = structs.replace(
        bought(1), kind=Kind.SELL, paid=(leg,), received=bought(1).paid, token_before=20, token_after=0
    )
    await happened(database, exit_)
    await fan_out_all(database)
    assert await rows(database) == [("wanted", "pending", None)]


async def test_while_a_chat_is_new_a_day_has_room_for_its_budget_and_no_more(database: Database) -> None:
    await with_budget(database, per_day=1)
    for number in range(1, 6):
        await happened(database, bought(number))
    await fan_out_all(database)
    gates = [gate for gate, _, _ in await rows(database)]
    assert gates == ["wanted", *["budget"] * 4]


async def test_patterns_and_trades_of_followed_tokens_take_of_the_budget(database: Database) -> None:
    await with_budget(database, per_day=1)
    for wallet in (AHAB, BELA, CORA):
        await follow(database, ALICE, wallet=wallet)
    stranger = structs.replace(trade(AHAB, 9), wallet=FUNDER)
    token = FollowedToken(mint=MINT, min_usd=Decimal(100))
    await follow_token(database, chat_id=ALICE, topic_id=0, chain=CHAIN, token=token)
    await database.execute(
        "UPDATE dollar_prices SET seen_at = to_timestamp($1::float8)", float(trade(AHAB, 0).block_time or 0)
    )
    await found_after(database, *(trade(wallet, second) for second, wallet in enumerate((AHAB, BELA, CORA))))
    await announce_trades(database, [(MINT, stranger)])
    await fan_out_all(database)
    found = await database.fetch(
        "SELECT alerts.kind, gate, round(surprise::numeric, 2)::float8"
        " FROM deliveries JOIN alerts USING (alert_id)"
        " WHERE alerts.kind <> 'activity' ORDER BY delivery_id"
    )
    assert [tuple(row) for row in found] == [("pattern", "budget", 1.0), ("token_trade", "budget", 0.45)]
    sent = "SELECT count(*) FROM deliveries WHERE gate = 'wanted'"
    assert await database.fetchval(sent) == 1


async def test_only_the_largest_trades_of_a_wallet_come_once_enough_are_known(database: Database) -> None:
    await with_budget(database)
    rule = Rules(min_percentile=80)
    await change_settings(database, ALICE, lambda old: structs.replace(old, rules=rule, per_day=None))
    for number in range(1, 32):
        await happened(database, bought(number, sol=number))
        await fan_out_all(database)
    await happened(database, bought(40, sol=3))
    await happened(database, bought(41, sol=60))
    await fan_out_all(database)
    gates = [gate for gate, _, _ in await rows(database)]
    assert gates == [*["wanted"] * 31, "below_percentile", "wanted"]
    unknown = "SELECT count(*) FROM deliveries WHERE reasons->'unknown' ? 'below_percentile'"
    assert await database.fetchval(unknown) == 30, "and says until then that it was not applied"


async def test_chats_are_counted_each_in_its_own_day(database: Database) -> None:
    await with_budget(database, per_day=1)
    await follow(database, BOB)
    zone = midnight_zone()
    await change_settings(database, BOB, lambda old: structs.replace(old, per_day=2, zone=zone))
    for number in range(1, 3):
        await happened(database, *(bought(10 * number + one) for one in range(3)))
        await fan_out_all(database)
    found = await database.fetch(
        "SELECT chat_id, count(*) FILTER (WHERE gate = 'wanted') AS sent FROM deliveries GROUP BY chat_id"
    )
    assert {row["chat_id"]: row["sent"] for row in found} == {ALICE: 1, BOB: 2}
    weeks = await database.fetch("SELECT chat_id, zone FROM noise_weeks ORDER BY chat_id")
    assert [tuple(row) for row in weeks] == [(ALICE, "UTC"), (BOB, zone)]


def test_a_week_knows_its_hours_and_scores() -> None:
    week = week_of([(NOW, 0.5), (NOW - timedelta(days=2, hours=1), 0.25)], "Europe/Berlin", NOW)
    assert 2 < week.days < 2.1
    assert [hour for hour, number in enumerate(week.by_hour) if number] == [12, 13]
    assert list(week.scores) == [0.25, 0.5]
    assert week_of([], "UTC", NOW).days == 0
