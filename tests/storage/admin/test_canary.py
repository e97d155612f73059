"""The canary is released once each period, and not counted among what people see."""

import asyncio

import pytest

from domain.canary import CANARY_CHAT, CANARY_WALLET
from storage.admin.canary import canary_age, release_canary
from storage.admin.statistics import snapshot
from storage.delivery.broadcasts import reachable
from storage.postgres import Database
from tests.storage.sample_data import CHAIN, fan_out_all

pytestmark = pytest.mark.services


async def test_of_two_dispatchers_one_releases_it(database: Database) -> None:
    released = await asyncio.gather(*(release_canary(database, chain=CHAIN, seconds=60) for _ in range(2)))
    assert sorted(released) == [False, True]
    rows = await database.fetch("SELECT subject FROM alerts")
    assert [row["subject"] for row in rows] == [CANARY_WALLET]


async def test_its_age_is_that_of_the_last_one_that_arrived(database: Database) -> None:
    await release_canary(database, chain=CHAIN, seconds=60)
    await fan_out_all(database)
    assert await canary_age(database) is None
    await database.execute("UPDATE deliveries SET state = 'sent', finished_at = now() - interval '90 s'")
    assert await canary_age(database) == pytest.approx(90, abs=5)


async def test_it_is_not_among_what_operators_count(database: Database) -> None:
    await release_canary(database, chain=CHAIN, seconds=60)
    await fan_out_all(database)
    await database.execute("UPDATE deliveries SET state = 'sent', finished_at = now()")
    assert await database.fetchval("SELECT count(*) FROM deliveries WHERE chat_id = $1", CANARY_CHAT) == 1
    figures = await snapshot(database, chain=CHAIN)
    assert (figures.chats, figures.wallets, figures.watches, figures.alerts_of_day) == (0, 0, 0, 0)
    assert figures.sent_of_day == 0
    assert await reachable(database) == 0
