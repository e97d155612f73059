"""What is old goes, what is open or young stays."""

import pytest

from domain.positions.entries import Worth
from domain.positions.holdings import Holding, encoded
from storage.admin.retention import apply_retention
from storage.chats.people import bans
from storage.chats.updates import ReceivedUpdate, store_updates
from storage.coordination.instances import beat
from storage.delivery import broadcasts
from storage.postgres import Database
from tests.storage.outbox import announce_all, end_outage
from tests.storage.sample_data import ALICE, fan_out_all, follow, happened, purchase

pytestmark = pytest.mark.services


async def test_finished_deliveries_and_their_alerts_are_deleted_and_open_ones_stay(
    database: Database,
) -> None:
    await follow(database, ALICE)
    await happened(database, *(purchase(number) for number in range(6)))
    await fan_out_all(database)
    states = ("sent", "suppressed", "digested", "pending", "deferred", "sent")
    for number, state in enumerate(states, 1):
        await database.execute("UPDATE deliveries SET state = $2 WHERE delivery_id = $1", number, state)
    await database.execute(
        "UPDATE deliveries SET created_at = now() - interval '40 days' WHERE delivery_id < 6"
    )
    await database.execute("UPDATE alerts SET created_at = now() - interval '40 days'")
    swept = await apply_retention(database, days=30)
    assert (swept["deliveries"], swept["alerts"]) == (3, 3)
    rows = await database.fetch("SELECT state FROM deliveries ORDER BY delivery_id")
    assert [row["state"] for row in rows] == ["pending", "deferred", "sent"]


async def test_handled_updates_are_deleted_but_the_last_one_stays(database: Database) -> None:
    await store_updates(
        database, [ReceivedUpdate(update_id=n, chat_id=ALICE, payload="{}") for n in range(1, 6)]
    )
    await database.execute("UPDATE updates SET state = 'done', finished_at = now() - interval '8 days'")
    await database.execute("UPDATE updates SET state = 'new' WHERE update_id = 2")
    assert (await apply_retention(database, days=90))["updates"] == 3
    rows = await database.fetch("SELECT update_id FROM updates ORDER BY update_id")
    assert [row["update_id"] for row in rows] == [2, 5]


async def test_everything_else_that_is_old_is_deleted(database: Database) -> None:
    await beat(database, instance_id="gone", program="bot")
    await database.execute("UPDATE instances SET heartbeat_at = now() - interval '2 days'")
    await database.execute(
        "INSERT INTO dollar_prices VALUES ('c', 'SOL', 'old', 1, now() - interval '2 days'),"
        " ('c', 'SOL', 'new', 1, now())"
    )

    await database.execute(
        "INSERT INTO security_scans (chain, subject, result, scanned_at, expires_at)"
        " VALUES ('c', 'm', '{}', now() - interval '91 days', now() - interval '90.5 days'),"
        " ('c', 'remembered', '{}', now() - interval '9 days', now() - interval '8 days')"
    )
    await database.execute(
        "INSERT INTO security_scan_history VALUES ('c', 'm', now() - interval '91 days', '{}')"
    )
    await database.execute("INSERT INTO ticks VALUES ('x', now() - interval '9 days', 'o', now(), '{}')")
    swept = await apply_retention(database, days=90)
    assert {name for name, count in swept.items() if count} == {
        "instances",
        "prices",
        "scans",
        "earlier scans",
        "ticks",
    }
    assert await database.fetchval("SELECT count(*) FROM dollar_prices") == 1
    assert await bans(database) == {}


async def test_ended_searches_and_whales_not_seen_for_long_are_deleted_and_the_others_stay(
    database: Database,
) -> None:
    for number, (status, days) in enumerate([("stopped", 40), ("stopped", 20), ("running", 40)]):
        await database.execute(
            "INSERT INTO whale_searches (chain, update_id, started_by, chat_id, status, min_lamports,"
            " slots_per_step, expires_at, ended_at) VALUES ('c', $1, 1, 1, $2, 1, 1, now(),"
            " CASE WHEN $2 = 'running' THEN NULL ELSE now() - make_interval(days => $3) END)",
            number,
            status,
            days,
        )
        await database.execute(
            "INSERT INTO whale_addresses VALUES ('c', $1, 1, 1, 1, '{}', '{}', now(),"
            " now() - make_interval(days => $2), 1)",
            f"whale {number}",
            days,
        )
    swept = await apply_retention(database, days=30)
    assert (swept["sessions"], swept["whales"]) == (1, 2)


async def test_outages_are_deleted_after_their_messages_and_open_messages_stay(database: Database) -> None:
    await follow(database, ALICE)
    await end_outage(database)
    await announce_all(database)
    await database.execute("UPDATE deliveries SET created_at = now() - interval '40 days'")
    await database.execute("UPDATE outages SET announced_at = now() - interval '40 days'")
    swept = await apply_retention(database, days=30)
    assert (swept["deliveries"], swept["outages"]) == (0, 0)
    await database.execute("UPDATE deliveries SET state = 'sent'")
    swept = await apply_retention(database, days=30)
    assert (swept["deliveries"], swept["outages"]) == (1, 1)


async def test_broadcasts_are_deleted_after_their_deliveries_and_running_ones_stay(
    database: Database,
) -> None:
    await follow(database, ALICE)
    old, running = [await broadcasts.draft(database, "news", by=1) for _ in range(2)]
    await broadcasts.start(database, old)
    await database.execute("UPDATE deliveries SET state = 'sent', created_at = now() - interval '40 days'")
    await broadcasts.finish_broadcasts(database)
    await database.execute("UPDATE broadcasts SET finished_at = now() - interval '40 days'")
    await broadcasts.start(database, running)
    swept = await apply_retention(database, days=30)
    assert (swept["deliveries"], swept["broadcasts"]) == (1, 1)
    assert await database.fetchval("SELECT broadcast_id FROM broadcasts") == running


async def test_pools_that_nobody_trades_and_old_claims_of_prices_are_forgotten(database: Database) -> None:
    await database.execute(
        "INSERT INTO pools (chain, mint, pool, quote, quote_decimals, slot, seen_at) VALUES"
        " ('c', 'm', 'old', 'SOL', 9, 1, now() - interval '31 days'),"
        " ('c', 'm', 'new', 'SOL', 9, 1, now() - interval '29 days')"
    )
    await database.execute(
        "INSERT INTO price_claims VALUES ('c', 'old', 'w', 1, now() - interval '2 days'),"
        " ('c', 'new', 'w', 1, now())"
    )
    swept = await apply_retention(database, days=90)
    assert (swept["pools"], swept["price claims"]) == (1, 1)
    assert await database.fetchval("SELECT pool FROM pools") == "new"
    assert await database.fetchval("SELECT mint FROM price_claims") == "new"


async def test_campaigns_that_ended_long_ago_are_deleted_with_their_fills(database: Database) -> None:
    await follow(database, ALICE)
    await database.execute(
        "INSERT INTO campaigns (chat_id, chain, wallets, plan, status, finished, stopped_at, created_at)"
        " SELECT $1, 'c', '{w}', '{}', status, age IS NOT NULL, now() - make_interval(days => age), now()"
        " FROM (VALUES ('stopped', 91), ('stopped', 89), ('running', NULL), ('paused', NULL))"
        " AS old (status, age)",
        ALICE,
    )
    await database.execute("INSERT INTO campaign_fills SELECT campaign_id, 1, '{}', now() FROM campaigns")
    assert (await apply_retention(database, days=90))["campaigns"] == 1
    rows = await database.fetch(
        "SELECT status FROM campaign_fills JOIN campaigns USING (campaign_id) ORDER BY 1"
    )
    assert [row["status"] for row in rows] == ["paused", "running", "stopped"]


async def test_what_was_read_of_a_history_goes_once_nobody_has_followed_the_wallet_for_a_week(
    database: Database,
) -> None:
    """What is being read, or was given up a few days ago, stays: who follows again need not wait."""
    for chat, wallet in ((ALICE, "read on"), (ALICE, "given up"), (ALICE, "given up lately")):
        await follow(database, chat, wallet=wallet)
    await database.execute(
        "INSERT INTO history_transactions SELECT wallet_id, 's', '[]' FROM wallets ORDER BY wallet_id"
    )
    await database.execute(
        "INSERT INTO history_reads (wallet_id, transactions, planned, retry_at)"
        " SELECT wallet_id, 1, 2, now() - interval '8 days' FROM wallets"
    )
    await database.execute(
        "UPDATE history_reads SET retry_at = now() - interval '6 days' FROM wallets"
        " WHERE wallets.wallet_id = history_reads.wallet_id AND address = 'given up lately'"
    )
    await database.execute(
        "DELETE FROM watches USING wallets WHERE wallets.wallet_id = watches.wallet_id"
        " AND address LIKE 'given up%'"
    )
    assert (await apply_retention(database, days=90))["read histories"] == 1
    rows = await database.fetch("SELECT address FROM history_transactions JOIN wallets USING (wallet_id)")
    assert {row["address"] for row in rows} == {"read on", "given up lately"}


async def test_what_is_stored_of_a_history_whose_reading_has_ended_goes(database: Database) -> None:
    """A second reader may store some of it behind the first one's end."""
    await follow(database, ALICE)
    await database.execute("INSERT INTO history_transactions SELECT wallet_id, 's', '[]' FROM wallets")
    await database.execute("INSERT INTO history_reads SELECT wallet_id, 2, 2, NULL, 0, now() FROM wallets")
    assert (await apply_retention(database, days=90))["read histories"] == 1


async def test_positions_that_say_nothing_any_more_are_deleted_and_the_others_stay(
    database: Database,
) -> None:
    """What only came and went; not what is there, lies in a pool, or was sold."""
    await follow(database, ALICE)
    came = Holding()
    came.put_unknown(5, 1)
    gone, away, sold = Holding(), Holding(), Holding()
    for one in (gone, away, sold):
        one.put_unknown(5, 1)
    gone.take(5)
    away.send_away(5)
    sold.sell(5, 0, Worth(7, None), 2)
    for mint, one in {"came": came, "gone": gone, "away": away, "sold": sold}.items():
        await database.execute(
            "INSERT INTO positions (chain, wallet_id, mint, state, slot, alert_id, updated_at)"
            " SELECT chain, wallet_id, $1, $2, 1, 1, now() - interval '91 days' FROM wallets",
            mint,
            encoded(one),
        )
    assert (await apply_retention(database, days=90))["positions"] == 1
    rows = await database.fetch("SELECT mint FROM positions")
    assert {row["mint"] for row in rows} == {"came", "away", "sold"}
