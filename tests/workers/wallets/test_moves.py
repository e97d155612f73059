"""Whether a wallet moved is judged by what it has left, and by what the address does."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from msgspec import structs

from chain.rpc.pool import RpcPool
from chain.rpc.signatures import ListedSignature
from chain.rpc.token_prices import TokenPriceReader
from domain.activity.activity import SOL, Activity, Kind, Leg
from domain.activity.amounts import BalanceFacts, Holding
from domain.errors import NodeUnavailable, NodeUnreadable
from domain.tokens.market_price import PriceSource, TokenPrice, TokenPrices, UnknownPrice
from storage.chats.watches import add_watch
from storage.ingest.heads import note_head
from tests.chain import samples
from tests.storage.sample_data import watch_for
from tests.workers.questions.asking import Asking, asking
from workers.process import Context
from workers.wallets import moves
from workers.wallets.moves import _Left, judge_once, past_of, summed_up

pytestmark = pytest.mark.services
UNIT = 10**9
GOT = Activity(
    chain="sandbox",
    signature="s",
    slot=1,
    block_time=9,
    wallet="home",
    kind=Kind.TRANSFER_IN,
    paid=(),
    received=(Leg(mint=SOL, raw=100, decimals=9),),
    counterparty="whale",
)
SENT = structs.replace(
    GOT, kind=Kind.TRANSFER_OUT, received=(), paid=(Leg(mint=SOL, raw=90, decimals=9),), counterparty="hot"
)


@pytest.fixture
async def alice(postgres_url: str) -> AsyncIterator[Asking]:
    async with asking(postgres_url) as run:
        yield run


def test_what_was_sent_on_and_what_an_address_did_itself_are_two_things() -> None:
    past = summed_up([GOT, SENT], first_at=9, seen_until=20)
    assert (past.first_at, past.passed_on, past.acts) == (9, 0.9, False)
    assert summed_up([GOT, structs.replace(SENT, kind=Kind.STAKE)], first_at=9, seen_until=20).acts
    assert summed_up([GOT], first_at=9, seen_until=20).passed_on == 0


async def test_an_address_is_as_old_as_its_first_transaction_and_lies_still(alice: Asking) -> None:
    simulation, database = alice.sandbox.simulation, alice.context.database
    whale, other = simulation.whales[0], simulation.whales[1]
    simulation.send_sol(whale, other.address, UNIT)
    for _ in range(3):
        await alice.sandbox.next_block()
    assert await judge_once(alice.context) == 0, "nobody reads the chain"
    await note_head(database, chain="sandbox", slot=10_000)
    past = await past_of(alice.context, other.address, upto=0)
    assert (past.acts, past.passed_on) == (False, 0)


async def test_what_moved_nothing_makes_an_address_old_as_well_and_what_is_not_given_says_nothing(
    alice: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = samples.address("home")
    memo = samples.transaction({home: (10**9, 10**9 - 5_000)}, blockTime=1_700_000_000)
    raws: dict[str, bytes | None] = {"memo": samples.raw(memo), "broken": b"{}"}

    async def listed(*_: object, **__: object) -> list[ListedSignature]:
        return [ListedSignature(signature=name, slot=5, block_time=LISTED_AT.get(name)) for name in raws]

    async def given(_: RpcPool, signatures: list[str], **__: object) -> list[bytes | None]:
        return [raws[one] for one in signatures]

    monkeypatch.setattr(moves, "latest_signatures", listed)
    monkeypatch.setattr(moves, "transactions", given)
    past = await past_of(alice.context, home, upto=5)
    assert past.first_at == 1_600_000_000, "the broken one, of which the list says when it was"
    del raws["broken"]
    assert (await past_of(alice.context, home, upto=5)).first_at == 1_700_000_000
    raws["pruned"] = None
    with pytest.raises(NodeUnavailable):
        await past_of(alice.context, home, upto=5)


LISTED_AT = {"broken": 1_600_000_000}


async def test_a_wallet_that_kept_most_has_not_moved_and_without_a_price_nothing_is_said(
    alice: Asking,
) -> None:
    database, whale = alice.context.database, alice.sandbox.simulation.whales[0]
    watch = replace(watch_for(alice.chat_id, wallet=whale.address), chain="sandbox")
    await add_watch(database, watch, created_by=None)
    await note_head(database, chain="sandbox", slot=1)
    await database.execute(
        "INSERT INTO pattern_sightings SELECT 1, wallet_id, 'sandbox', 'sent', 'SOL', 5, 1000, NULL, NULL,"
        " 'home', 1, false, true FROM wallets"
    )
    await database.execute(
        "INSERT INTO wallet_moves (wallet_id, address, chain, alert_id, moved_at)"
        " SELECT wallet_id, 'home', 'sandbox', 1, 5 FROM wallets"
    )
    assert await judge_once(alice.context) == 0
    assert await database.fetchval("SELECT checks FROM wallet_moves") == 1, "SOL has no price here"
    await database.execute("UPDATE wallet_moves SET remaining = 500000, due_at = now()")
    assert await judge_once(alice.context) == 0
    assert await database.fetchval("SELECT count(*) FROM wallet_moves") == 0


async def possible_moves(run: Asking, number: int) -> None:
    database = run.context.database
    await note_head(database, chain="sandbox", slot=1)
    for whale in run.sandbox.simulation.whales[:number]:
        watch = replace(watch_for(run.chat_id, wallet=whale.address), chain="sandbox")
        await add_watch(database, watch, created_by=None)
    await database.execute(
        "INSERT INTO wallet_moves (wallet_id, address, chain, alert_id, moved_at)"
        " SELECT wallet_id, 'home', 'sandbox', 1, 5 FROM wallets"
    )


async def test_a_wallet_that_cannot_be_read_is_looked_at_later_and_the_others_now(
    alice: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    await possible_moves(alice, 2)
    bad, good = (whale.address for whale in alice.sandbox.simulation.whales[:2])
    read: list[str] = []

    async def left(_: Context, wallet: str) -> _Left:
        read.append(wallet)
        if wallet == bad:
            raise NodeUnreadable("no JSON")
        return _Left(1_000.0, 0)

    monkeypatch.setattr(moves, "_left", left)
    assert await judge_once(alice.context) == 0
    assert sorted(read) == sorted([bad, good])
    rows = await alice.context.database.fetch("SELECT checks, due_at > now() AS waits FROM wallet_moves")
    assert [(row["checks"], row["waits"]) for row in rows] == [(1, True)], "the other is none"


PRICED = TokenPrice(
    mint="priced", usd=Decimal(2), source=PriceSource.POOL, read_at=datetime(2026, 11, 1, tzinfo=UTC)
)


@pytest.mark.parametrize(
    ("mint", "why", "checks"),
    [
        ("dust", UnknownPrice.TOO_SMALL, None),
        ("unsold", UnknownPrice.NO_POOL, None),
        ("maybe", UnknownPrice.NO_DOLLARS, 1),
        ("unread", UnknownPrice.NO_MINT, 1),
    ],
)
async def test_what_a_wallet_kept_is_not_known_while_a_token_that_is_traded_has_no_price(
    alice: Asking, monkeypatch: pytest.MonkeyPatch, mint: str, why: UnknownPrice, checks: int | None
) -> None:
    await possible_moves(alice, 1)

    async def balance(_: RpcPool, address: str) -> BalanceFacts:
        holdings = [Holding(mint=name, raw=10**6, decimals=6) for name in ("priced", mint)]
        return BalanceFacts(address=address, lamports=UNIT, staked=0, holdings=tuple(holdings), slot=1)

    async def prices(_: object, mints: list[str], *, search: bool = False) -> TokenPrices:
        if search:
            assert (mints, why) == ([mint], UnknownPrice.NO_POOL)
            return TokenPrices(known={}, unknown={mint: why})
        assert mints == [SOL, "priced", mint]
        sol = structs.replace(PRICED, mint=SOL, usd=Decimal(100))
        return TokenPrices(known={SOL: sol, "priced": PRICED}, unknown={mint: why})

    monkeypatch.setattr(moves, "read_balance", balance)
    monkeypatch.setattr(TokenPriceReader, "prices_now", prices)
    assert await judge_once(alice.context) == 0
    assert await alice.context.database.fetchval("SELECT checks FROM wallet_moves") == checks


async def test_a_token_that_was_not_seen_traded_counts_with_what_its_pools_say_where_they_usually_are(
    alice: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def balance(_: RpcPool, address: str) -> BalanceFacts:
        holdings = (Holding(mint="unseen", raw=3 * 10**6, decimals=6),)
        return BalanceFacts(address=address, lamports=UNIT, staked=0, holdings=holdings, slot=1)

    async def prices(_: object, mints: list[str], *, search: bool = False) -> TokenPrices:
        known = {mint: structs.replace(PRICED, mint=mint) for mint in mints if search or mint == SOL}
        return TokenPrices(known=known, unknown={m: UnknownPrice.NO_POOL for m in mints if m not in known})

    monkeypatch.setattr(moves, "read_balance", balance)
    monkeypatch.setattr(TokenPriceReader, "prices_now", prices)
    assert await moves._left(alice.context, "whale") == _Left(2.0 + 3 * 2.0, 0)
