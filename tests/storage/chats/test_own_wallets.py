"""What people hold outranks what they have set, and is read no oftener than needed."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from msgspec import structs

from domain.activity.activity import Kind, Leg
from domain.rules.rules import FOREVER, ChatSettings
from domain.security.safety import TokenState
from storage.chats.own_wallets import (
    MAX_OWN,
    add_own_wallet,
    next_own_wallets,
    note_failed_read,
    own_wallets,
    remove_own_wallet,
    save_own_tokens,
)
from storage.chats.people import forget_chat
from storage.chats.rules import change_settings
from storage.delivery.token_safety import compare, own_tokens_to_search
from storage.postgres import Database
from tests.storage.sample_data import ALICE, BOB, CHAIN, MINT, fan_out_all, follow, happened, purchase

pytestmark = pytest.mark.services
MINE = "Mine111111111111111111111111111111111111111"


async def noted(database: Database, address: str = MINE, chat_id: int = ALICE) -> bool:
    return await add_own_wallet(database, chat_id=chat_id, topic_id=0, chain=CHAIN, address=address)


async def test_a_chat_has_so_many_addresses_and_each_once(database: Database) -> None:
    await follow(database, ALICE)
    assert [await noted(database, f"{n}{MINE[2:]}") for n in range(MAX_OWN + 1)] == [True] * MAX_OWN + [False]
    assert not await noted(database, f"0{MINE[2:]}")
    assert len(await own_wallets(database, chat_id=ALICE, topic_id=0, chain=CHAIN)) == MAX_OWN


async def test_an_address_is_read_once_for_all_and_again_after_a_while(database: Database) -> None:
    await follow(database, ALICE)
    await follow(database, BOB)
    await noted(database)
    await noted(database, chat_id=BOB)
    assert await next_own_wallets(database, chain=CHAIN, older_than=900, limit=9) == [MINE]
    await save_own_tokens(database, chain=CHAIN, address=MINE, mints=[MINT])
    assert await next_own_wallets(database, chain=CHAIN, older_than=900, limit=9) == []
    (wallet,) = await own_wallets(database, chat_id=BOB, topic_id=0, chain=CHAIN)
    assert (wallet.tokens, wallet.read_at is not None) == (1, True)
    assert await remove_own_wallet(database, chat_id=ALICE, topic_id=0, chain=CHAIN, address=MINE)
    assert await database.fetchval("SELECT count(*) FROM own_tokens") == 1
    assert await remove_own_wallet(database, chat_id=BOB, topic_id=0, chain=CHAIN, address=MINE)
    assert await database.fetchval("SELECT count(*) FROM own_tokens") == 0


async def test_a_forgotten_chat_leaves_only_tokens_of_addresses_that_others_name(database: Database) -> None:
    other = f"Theirs{MINE[6:]}"
    await follow(database, ALICE)
    await follow(database, BOB)
    for chat_id, address in ((ALICE, MINE), (ALICE, other), (BOB, other)):
        await noted(database, address, chat_id)
        await save_own_tokens(database, chain=CHAIN, address=address, mints=[MINT])
    await forget_chat(database, ALICE)
    assert await database.fetchval("SELECT string_agg(address, ' ') FROM own_tokens") == other


async def test_ending_one_address_looks_at_its_own_tokens_alone(database: Database) -> None:
    await follow(database, ALICE)
    await noted(database)
    await database.execute("INSERT INTO own_tokens VALUES ($1, $2, $3)", CHAIN, MINT, "nobody's")
    assert await remove_own_wallet(database, chat_id=ALICE, topic_id=0, chain=CHAIN, address=MINE)
    assert await database.fetchval("SELECT count(*) FROM own_tokens") == 1


@pytest.mark.parametrize(("left", "gate"), [(0, "wanted"), (5, "paused")])
async def test_a_full_exit_of_what_one_holds_outranks_a_pause(
    database: Database, left: int, gate: str
) -> None:
    await follow(database, ALICE)
    await follow(database, BOB)
    await noted(database)
    await save_own_tokens(database, chain=CHAIN, address=MINE, mints=[MINT])

    def pause(old: ChatSettings) -> ChatSettings:
        return structs.replace(old, paused_until=FOREVER)

    for chat_id in (ALICE, BOB):
        await change_settings(database, chat_id, pause)
    bought = purchase()
    sale = structs.replace(
        bought,
        kind=Kind.SELL,
        paid=(Leg(mint=MINT, raw=7, decimals=5),),
        received=bought.paid,
        token_before=7,
        token_after=left,
        block_time=int(datetime.now(UTC).timestamp()),
    )
    await happened(database, sale)
    await fan_out_all(database)
    rows = await database.fetch("SELECT chat_id, gate FROM deliveries ORDER BY chat_id")
    assert [tuple(row) for row in rows] == [(ALICE, gate), (BOB, "paused")]


async def test_an_address_that_cannot_be_read_rests_longer_each_time(database: Database) -> None:
    await follow(database, ALICE)
    await noted(database)
    pauses = []
    for _ in range(9):
        await note_failed_read(database, chain=CHAIN, address=MINE)
        pauses.append(await database.fetchval("SELECT retry_at - now() FROM own_wallets"))
    assert [round(pause.total_seconds() / 60) for pause in pauses] == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert await next_own_wallets(database, chain=CHAIN, older_than=900, limit=9) == []
    await save_own_tokens(
        database, chain=CHAIN, address=MINE, mints=[f"mint-{number}" for number in range(900)]
    )
    (wallet,) = await own_wallets(database, chat_id=ALICE, topic_id=0, chain=CHAIN)
    assert (wallet.tokens, wallet.is_failing) == (900, False)


async def test_their_pools_are_looked_for_at_first_and_now_and_then(database: Database) -> None:
    mints = ["new", "without", "with"]
    await follow(database, ALICE)
    await noted(database)
    await save_own_tokens(database, chain=CHAIN, address=MINE, mints=mints)
    known = TokenState(slot=1, supply=1_000, liquidity=Decimal(50_000))
    states = {"without": structs.replace(known, liquidity=None), "with": known}
    await compare(database, chain=CHAIN, states=states, read_at=datetime.now(UTC))
    assert await own_tokens_to_search(database, chain=CHAIN, mints=mints, every=10**9) == ["new"]
    assert await own_tokens_to_search(database, chain=CHAIN, mints=mints, every=1) == ["new", "without"]
