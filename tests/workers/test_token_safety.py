"""The watch over tokens, on the sandbox: what people were alerted on is read, and a change is told."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from domain.activity.activity import SOL as MONEY
from domain.activity.activity import Activity, Kind, Leg
from storage.cache import MISSING
from storage.chats.watches import add_watch
from storage.delivery.token_safety import followed_holders
from storage.ingest.activities import Batch, store
from tests.storage.sample_data import fan_out_all, watch_for
from tests.workers.questions.asking import Asking, asking
from workers.token_safety import tokens_a_tick, watch_once
from workers.token_scans import token_scan

pytestmark = pytest.mark.services


@pytest.fixture
async def alice(postgres_url: str) -> AsyncIterator[Asking]:
    async with asking(postgres_url) as run:
        yield run


async def alerted_on(alice: Asking, mint: str) -> None:
    """Alice follows a whale, and its purchase is sent to her as message 5."""
    database, wallet = alice.context.database, alice.sandbox.simulation.whales[0].address
    watch = replace(watch_for(alice.chat_id, wallet=wallet), chain="sandbox")
    await add_watch(database, watch, created_by=None)
    bought = Activity(
        chain="sandbox",
        signature="s",
        slot=1,
        block_time=None,
        wallet=wallet,
        kind=Kind.BUY,
        paid=(Leg(mint=MONEY, raw=5, decimals=9),),
        received=(Leg(mint=mint, raw=7, decimals=6),),
    )
    await store(database, Batch(chain="sandbox", activities=[bought]))
    await fan_out_all(database)
    await database.execute("UPDATE deliveries SET state = 'sent', message_id = 5")
    await database.execute("UPDATE alerts SET created_at = now() - interval '1 minute'")


async def test_a_token_that_was_minted_since_the_last_look_reaches_who_was_alerted_on_it(
    alice: Asking,
) -> None:
    database, mint = alice.context.database, str(alice.sandbox.simulation.token("MITTEN").mint)
    assert await watch_once(alice.context) == 0
    await alerted_on(alice, mint)
    assert await watch_once(alice.context) == 1
    assert await database.fetchval("SELECT count(*) FROM alerts WHERE kind = 'safety'") == 0
    # Half of it did not exist at the last look.
    await database.execute(
        "UPDATE token_watches SET state = state || jsonb_build_object("
        "'supply', (state->>'supply')::bigint / 2, 'slot', 1)"
    )
    for _ in range(2):
        await watch_once(alice.context)
    dangers = await database.fetchval("SELECT payload->'dangers' FROM alerts WHERE kind = 'safety'")
    assert dangers == '["reminted"]'
    row = await database.fetchrow("SELECT chat_id, answers_alert_id IS NOT NULL AS answers FROM alert_chats")
    assert row is not None
    assert (row["chat_id"], row["answers"]) == (alice.chat_id, True)


async def test_a_danger_makes_a_scan_in_the_cache_void(alice: Asking) -> None:
    context, mint = alice.context, str(alice.sandbox.simulation.token("MITTEN").mint)
    await alerted_on(alice, mint)
    await watch_once(context)
    before = await token_scan(context, mint)
    assert await context.cached.scans.get(mint) == before
    await context.database.execute('UPDATE token_watches SET state = state || \'{"supply": 1, "slot": 1}\'')
    await watch_once(context)
    assert await context.cached.scans.get(mint) is MISSING
    assert (await token_scan(context, mint)).read_at > before.read_at


async def test_a_followed_wallet_whose_tokens_are_frozen_is_a_danger_of_the_token(alice: Asking) -> None:
    database, mint = alice.context.database, str(alice.sandbox.simulation.token("MITTEN").mint)
    await alerted_on(alice, mint)
    await database.execute(
        "INSERT INTO holdings (chain, mint, wallet_id, raw) SELECT 'sandbox', $1, wallet_id, 7 FROM wallets"
        " ON CONFLICT (chain, mint, wallet_id) DO UPDATE SET raw = 7",
        mint,
    )
    await database.execute(
        "INSERT INTO positions (chain, wallet_id, mint, state, slot, alert_id)"
        " SELECT 'sandbox', wallet_id, $1, '{\"purchases\": 1}', 1, 1 FROM wallets ON CONFLICT DO NOTHING",
        mint,
    )
    wallet = alice.sandbox.simulation.whales[0].address
    assert await followed_holders(database, chain="sandbox", mints=[mint, "other"]) == {mint: [wallet]}


async def test_one_worker_reads_and_the_others_stand_by(alice: Asking) -> None:
    await alerted_on(alice, str(alice.sandbox.simulation.token("MITTEN").mint))
    assert await watch_once(alice.context) == 1
    assert await watch_once(replace(alice.context, owner="another")) == 0


@pytest.mark.parametrize(("an_hour", "tokens"), [(600, 38), (60, 3), (0, 0)])
def test_a_round_reads_as_many_tokens_as_an_hours_requests_allow(an_hour: int, tokens: int) -> None:
    assert tokens_a_tick(an_hour) == tokens
