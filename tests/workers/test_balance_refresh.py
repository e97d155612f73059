"""Followed wallets are read in turn, and a change that no activity shows is made good and told."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from chain.rpc.errors import Rejected
from domain.activity.activity import SOL
from runtime.processes.lifecycle import Stop
from storage.chats.watches import add_watch
from storage.ingest.activities import Batch, store
from tests.storage.sample_data import watch_for
from tests.workers.questions.asking import Asking, asking
from workers.balance_refresh import explain_changes, refresh_balances, refresh_once

pytestmark = pytest.mark.services
UNIT = 10**9


@pytest.fixture
async def alice(postgres_url: str) -> AsyncIterator[Asking]:
    async with asking(postgres_url) as run:
        settings = replace(run.context.settings, admin_ids=frozenset({run.chat_id}))
        yield replace(run, context=replace(run.context, settings=settings))


async def follow(alice: Asking, wallet: str) -> None:
    watch = replace(watch_for(alice.chat_id, wallet=wallet), chain="sandbox")
    await add_watch(alice.context.database, watch, created_by=None)


async def blocks(alice: Asking) -> None:
    for _ in range(5):
        await alice.sandbox.next_block()


async def feed_is_complete(alice: Asking) -> None:
    slot = await alice.context.database.fetchval("SELECT max(to_slot) FROM sol_changes")
    await store(alice.context.database, Batch(chain="sandbox", feed="blocks", slot=slot))


def messages(alice: Asking) -> list[str]:
    sent = alice.sandbox.telegram.ledger.since(kind="message", chat_id=alice.chat_id)
    return [entry.text or "" for entry in sent]


async def test_only_followed_wallets_are_read_and_by_one_worker_at_a_time(alice: Asking) -> None:
    assert await refresh_once(alice.context) == 0
    await follow(alice, alice.sandbox.simulation.whales[0].address)
    assert await refresh_once(alice.context) == 1
    assert await refresh_once(replace(alice.context, owner="another")) == 0


async def test_a_missed_transaction_is_found_by_the_balance_stored_and_operators_hear_of_it(
    alice: Asking,
) -> None:
    database, simulation = alice.context.database, alice.sandbox.simulation
    whale, friend = simulation.whales[0], simulation.whales[1]
    await follow(alice, whale.address)
    await refresh_once(alice.context)
    simulation.send_sol(whale, friend.address, 300 * UNIT)
    await blocks(alice)
    await refresh_once(alice.context)
    await explain_changes(alice.context)
    assert await database.fetchval("SELECT count(*) FROM alerts") == 0, "the feed has not come so far"

    await feed_is_complete(alice)
    await explain_changes(alice.context)
    await explain_changes(alice.context)
    payload = await database.fetchval("SELECT payload->'paid'->0->>'mint' FROM alerts")
    assert payload == SOL
    (message,) = messages(alice)
    assert "300.000005 SOL left" in message
    assert "1 missed activity stored now" in message


async def test_what_a_new_start_of_the_sandbox_gives_its_wallets_alarms_nobody(alice: Asking) -> None:
    database = alice.context.database
    await follow(alice, alice.sandbox.simulation.whales[0].address)
    await refresh_once(alice.context)
    await database.execute("UPDATE sol_readings SET slot = 1, lamports = 1")
    await refresh_once(alice.context)
    await feed_is_complete(alice)
    await explain_changes(alice.context)
    assert await database.fetchval("SELECT result FROM sol_changes") == "explained"
    assert messages(alice) == []


async def test_what_a_node_refuses_is_decided_and_operators_get_one_message_of_all(alice: Asking) -> None:
    database, simulation = alice.context.database, alice.sandbox.simulation
    whale, friend = simulation.whales[0], simulation.whales[1]
    await database.execute(
        "WITH odd AS (INSERT INTO wallets (chain, address) SELECT 'sandbox', 'no address ' || number"
        " FROM generate_series(1, 2) AS number RETURNING wallet_id)"
        " INSERT INTO sol_changes (wallet_id, from_slot, from_lamports, to_slot, to_lamports)"
        " SELECT wallet_id, 0, 0, 1, $1::bigint FROM odd",
        900 * UNIT,
    )
    await follow(alice, whale.address)
    await refresh_once(alice.context)
    simulation.send_sol(whale, friend.address, 300 * UNIT)
    await blocks(alice)
    await refresh_once(alice.context)
    await feed_is_complete(alice)
    await explain_changes(alice.context)
    rows = await database.fetch("SELECT result FROM sol_changes ORDER BY noted_at")
    assert [row["result"] for row in rows] == ["not answered", "not answered", "1 stored"]
    (message,) = messages(alice)
    assert message.count("No node answers what it did.") == 2
    assert message.count("1 missed activity stored now.") == 1


async def test_a_round_that_a_node_refuses_is_not_the_last(alice: Asking) -> None:
    """Changes that are known already are explained, though a wallet cannot be read."""
    database = alice.context.database
    await database.execute("INSERT INTO wallets (chain, address) VALUES ('sandbox', 'no address')")
    await database.execute(
        "INSERT INTO watches (chat_id, wallet_id) SELECT $1, wallet_id FROM wallets", alice.chat_id
    )
    await database.execute(
        "INSERT INTO sol_changes (wallet_id, from_slot, from_lamports, to_slot, to_lamports)"
        " SELECT wallet_id, 0, 0, 1, $1::bigint FROM wallets",
        900 * UNIT,
    )
    await feed_is_complete(alice)
    with pytest.raises(Rejected):
        await refresh_once(alice.context)
    await refresh_balances(alice.context, OneRound())
    assert len(messages(alice)) == 1


class OneRound(Stop):
    """Comes when the first round is over."""

    async def sleep(self, seconds: float) -> bool:
        """Wait no longer."""
        self.set()
        return await super().sleep(seconds)


async def test_a_change_that_activities_show_is_explained_silently(alice: Asking) -> None:
    database, simulation = alice.context.database, alice.sandbox.simulation
    whale, friend = simulation.whales[0], simulation.whales[1]
    await follow(alice, whale.address)
    await refresh_once(alice.context)
    simulation.send_sol(whale, friend.address, 300 * UNIT)
    await blocks(alice)
    await refresh_once(alice.context)
    await feed_is_complete(alice)
    await explain_changes(alice.context)  # stores the activity, and tells
    await database.execute("UPDATE sol_changes SET decided_at = NULL")
    before = len(messages(alice))
    await explain_changes(alice.context)
    assert await database.fetchval("SELECT result FROM sol_changes") == "explained"
    assert len(messages(alice)) == before
