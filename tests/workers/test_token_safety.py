"""The watch over tokens, on the sandbox: what people were alerted on is read, and a change is announced."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from msgspec import structs
from solders.account import Account
from solders.pubkey import Pubkey

from chain.rpc.token_states import token_account
from domain.activity.activity import SOL as MONEY
from domain.activity.activity import Activity, Kind, Leg
from domain.activity.prices import ReadPrice
from domain.rules.rules import FOREVER, ChatSettings
from domain.security.mints import TOKEN_PROGRAM
from storage.cache import MISSING
from storage.chats.own_wallets import add_own_wallet, save_own_tokens
from storage.chats.rules import change_settings
from storage.chats.watches import add_watch
from storage.delivery.token_safety import followed_holders
from storage.ingest.activities import Batch, store
from storage.market.dollars import note_published
from storage.scans.results import creators_of
from tests.storage.sample_data import fan_out_all, watch_for
from tests.workers.questions.asking import Asking, asking
from workers.token_grades import scan_own_token
from workers.token_safety import tokens_per_tick, watch_once
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
    # Half of it did not exist at the last check.
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


async def owned_while_paused(alice: Asking, mint: str) -> None:
    """Alice has paused everything, and an address of hers has the token; nobody else knows it."""
    database = alice.context.database
    at = datetime.now(UTC)
    price = ReadPrice(mint=MONEY, usd=Decimal(200), published_at=int(at.timestamp()), is_certain=True)
    await note_published(database, chain="sandbox", prices=[price])
    mine = alice.sandbox.simulation.whales[1].address
    await add_own_wallet(database, chat_id=alice.chat_id, topic_id=0, chain="sandbox", address=mine)
    await save_own_tokens(database, chain="sandbox", address=mine, mints=[mint])

    def pause(old: ChatSettings) -> ChatSettings:
        return structs.replace(old, paused_until=FOREVER)

    await change_settings(database, alice.chat_id, pause)


async def announced(alice: Asking) -> tuple[str, str]:
    """The dangers that Alice hears of, and the gate."""
    database = alice.context.database
    await fan_out_all(database)
    row = await database.fetchrow(
        "SELECT payload->>'dangers' AS dangers, gate FROM deliveries JOIN alerts USING (alert_id)"
        " WHERE chat_id = $1",
        alice.chat_id,
    )
    assert row is not None
    return row["dangers"], row["gate"]


async def test_a_drained_pool_of_what_people_hold_outranks_a_pause(alice: Asking) -> None:
    context, mint = alice.context, str(alice.sandbox.simulation.token("MITTEN").mint)
    await owned_while_paused(alice, mint)
    assert await watch_once(context) == 1
    await context.database.execute(
        "UPDATE token_watches SET state = state || jsonb_build_object("
        "'liquidity', ((state->>'liquidity')::numeric * 9)::text, 'slot', 1)"
    )
    await watch_once(context)
    assert await announced(alice) == ('["liquidity"]', "wanted")


def empty(alice: Asking, address: str) -> None:
    """Nothing is left in a token account."""
    pools, key = alice.sandbox.simulation.pools, Pubkey.from_string(address)
    assert pools is not None
    account = pools._read(key)
    assert account is not None
    assert account.data[64:72] != bytes(8)
    data = account.data[:64] + bytes(8) + account.data[72:]
    pools._put(key, Account(account.lamports, data, account.owner))


async def test_a_creator_who_sells_what_people_hold_is_noticed_though_nobody_scanned_the_token(
    alice: Asking,
) -> None:
    context, mint = alice.context, str(alice.sandbox.simulation.token("MITTEN").mint)
    await owned_while_paused(alice, mint)
    assert await watch_once(context) == 1
    assert await scan_own_token(context) == mint
    assert await scan_own_token(context) is None, "once it is known who made it"
    await watch_once(context)
    (creator,) = (await creators_of(context.database, chain="sandbox", mints=[mint])).values()
    empty(alice, token_account(creator, mint, TOKEN_PROGRAM))
    await context.database.execute("UPDATE token_watches SET state = state || '{\"slot\": 1}'")
    await watch_once(context)
    assert await announced(alice) == ('["creator"]', "wanted")


@pytest.mark.parametrize(("an_hour", "tokens"), [(600, 31), (60, 3), (0, 0)])
def test_a_round_reads_as_many_tokens_as_an_hours_requests_allow(an_hour: int, tokens: int) -> None:
    assert tokens_per_tick(an_hour) == tokens
