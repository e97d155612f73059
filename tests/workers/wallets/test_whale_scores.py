"""A whale that a search found is scored by its latest transactions, by one worker at a time."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import base58
import pytest

from chain.rpc.pool import RpcPool
from chain.rpc.signatures import ListedSignature
from domain.activity.activity import Activity
from domain.errors import NodeUnreadable
from domain.positions.whale_scores import WhaleScore
from storage.ingest.heads import note_head
from storage.whales.scores import worth_following
from tests.chain import samples
from tests.workers.questions.asking import Asking, asking
from workers.process import Context
from workers.wallets import whale_scores
from workers.wallets.whale_scores import score_next

pytestmark = pytest.mark.services


@pytest.fixture
async def alice(postgres_url: str) -> AsyncIterator[Asking]:
    async with asking(postgres_url) as run:
        yield run


async def test_the_latest_transactions_make_a_record(alice: Asking) -> None:
    database, whale = alice.context.database, alice.sandbox.simulation.whales[0]
    await database.execute(
        "INSERT INTO whale_addresses VALUES ('sandbox', $1, 1, 5, 5, '{}', '{}', now(), now(), 1)",
        whale.address,
    )
    assert await score_next(alice.context) is None, "nobody reads the chain"
    await note_head(database, chain="sandbox", slot=1)
    score = await score_next(alice.context)
    assert score is not None
    assert score.value is None
    assert await score_next(alice.context) is None, "once a week"
    assert await score_next(replace(alice.context, owner="another")) is None
    assert await database.fetchval("SELECT count(*) FROM whale_scores") == 1


async def test_a_whale_that_cannot_be_read_is_not_the_next_again(
    alice: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, whale = alice.context.database, alice.sandbox.simulation.whales[0]
    await database.execute(
        "INSERT INTO whale_addresses VALUES ('sandbox', $1, 1, 5, 5, '{}', '{}', now(), now(), 1)",
        whale.address,
    )
    await note_head(database, chain="sandbox", slot=1)

    async def score(_: Context, address: str, head: int) -> list[Activity]:
        raise NodeUnreadable(f"no JSON of {address} at {head}")

    monkeypatch.setattr(whale_scores, "_score", score)
    assert await score_next(alice.context) is None
    assert await database.fetchval("SELECT count(*) FROM whale_scores") == 1


def signed(made: dict[str, Any], number: int) -> dict[str, Any]:
    """The transaction with a signature that no other number has."""
    made["transaction"]["signatures"] = [base58.b58encode(number.to_bytes(64, "big")).decode()]
    return made


def round_trip(number: int, *, gained: float) -> list[dict[str, Any]]:
    """A purchase for 1 SOL, and two hours later the sale of all of it."""
    trader, mine, mint = (samples.address(name) for name in ("trader", "mine", f"mint {number}"))
    at = 1_700_000_000 + number * 86_400
    owned = (samples.token_balance(mine, trader, mint, 250),)
    calls = ((samples.call(samples.JUPITER), (samples.call(samples.TOKEN, depth=2),)),)
    sol, end = 10**9, int(gained * 10**9)

    def trade(index: int, lamports: tuple[int, int], tokens: Any, seconds: int) -> dict[str, Any]:
        accounts = {trader: lamports, mine: (samples.RENT, samples.RENT), samples.address("pool"): (9, 9)}
        made = samples.transaction(
            accounts, tokens=tokens, calls=calls, blockTime=at + seconds, slot=1_000 * number + index
        )
        return signed(made, 1_000 * number + index)

    return [
        trade(1, (5 * sol, 4 * sol - 5_000), ((), owned), 0),
        trade(2, (4 * sol, 4 * sol + end - 5_000), (owned, ()), 7_200),
    ]


def dollar_trip(number: int, *, gained: int) -> list[dict[str, Any]]:
    """A purchase for 1,000 USDC, and two hours later the sale of all of it for as much more."""
    trader, mine, usdc_account, mint = (
        samples.address(name) for name in ("trader", "mine", "usdc_account", f"mint {number}")
    )
    at = 1_700_000_000 + number * 86_400
    calls = ((samples.call(samples.JUPITER), (samples.call(samples.TOKEN, depth=2),)),)

    def trade(index: int, before: tuple[int, int], after: tuple[int, int], seconds: int) -> dict[str, Any]:
        accounts = {
            trader: (10**9, 10**9 - 5_000),
            mine: (samples.RENT, samples.RENT),
            usdc_account: (samples.RENT, samples.RENT),
            samples.address("pool"): (9, 9),
        }

        def balances(raw: int, dollars: int) -> tuple[dict[str, Any], ...]:
            found = ((mine, mint, raw), (usdc_account, samples.USDC, dollars * 10**6))
            return tuple(samples.token_balance(to, trader, of, amount) for to, of, amount in found if amount)

        tokens = (balances(*before), balances(*after))
        made = samples.transaction(
            accounts, tokens=tokens, calls=calls, blockTime=at + seconds, slot=1_000 * number + index
        )
        return signed(made, 1_000 * number + index)

    return [
        trade(1, (0, 2_000), (250, 1_000), 0),
        trade(2, (250, 1_000), (0, 2_000 + gained), 7_200),
    ]


async def scored(
    alice: Asking, monkeypatch: pytest.MonkeyPatch, done: Sequence[dict[str, Any]]
) -> WhaleScore | None:
    database, wallet = alice.context.database, samples.address("trader")
    raws = {one["transaction"]["signatures"][0]: samples.raw(one) for one in reversed(done)}

    async def listed(*_: object, **__: object) -> list[ListedSignature]:
        return [ListedSignature(signature=one, slot=5) for one in raws]

    async def given(_: RpcPool, signatures: list[str], **__: object) -> list[bytes]:
        return [raws[one] for one in signatures]

    monkeypatch.setattr(whale_scores, "latest_signatures", listed)
    monkeypatch.setattr(whale_scores, "transactions", given)
    await database.execute(
        "INSERT INTO whale_addresses VALUES ('sandbox', $1, 1, 5, 5, '{}', '{}', now(), now(), 1)", wallet
    )
    await note_head(database, chain="sandbox", slot=1)
    return await score_next(alice.context)


async def test_who_gained_and_held_for_hours_is_worth_following(
    alice: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, wallet = alice.context.database, samples.address("trader")
    done = [one for number in range(1, 7) for one in round_trip(number, gained=1.5 if number < 6 else 0.5)]
    score = await scored(alice, monkeypatch, done)
    assert score is not None
    record = score.record
    assert (record.trips, record.wins, record.median_held, record.coverage) == (6, 5, 7_200, Decimal(1))
    assert record.realised_sol == 5 * 10**9 // 2 - 10**9 // 2
    assert score.value is not None
    assert await worth_following(database, chain="sandbox", limit=3) == [wallet]


async def test_who_gained_dollars_is_worth_following_where_sol_has_a_price(
    alice: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def sol_usd_now(*_: object, **__: object) -> Decimal:
        return Decimal(100)

    monkeypatch.setattr(whale_scores, "sol_usd_now", sol_usd_now)
    done = [one for number in range(1, 7) for one in dollar_trip(number, gained=500 if number < 6 else -500)]
    score = await scored(alice, monkeypatch, done)
    assert score is not None
    record = score.record
    assert (record.trips, record.wins, record.is_in_dollars) == (6, 5, True)
    assert record.realised_usd == 2_000 * 10**9
    assert score.value is not None
    found = await worth_following(alice.context.database, chain="sandbox", limit=3)
    assert found == [samples.address("trader")]
