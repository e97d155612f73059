"""Of a thousand spam transfers none is told, of a thousand real ones none is silent: by what is stored."""

import random
import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from msgspec import structs

from domain.activity.activity import SOL, Activity, Kind, Leg, TradePrice
from domain.activity.prices import ReadPrice
from domain.rules.gates import Gate
from domain.rules.spam import SPAM_GATES
from domain.tokens.candles import SeenPrice
from storage.chats.rules import change_settings
from storage.market.candles import note_prices_seen
from storage.market.dollars import note_published
from storage.market.tokens import Token, save_tokens
from storage.market.unsolicited import DEALT_WITH, MAX_HISTORY
from storage.postgres import Connection, Database
from tests.storage.sample_data import ALICE, CHAIN, MINT, WHALE, fan_out_all, follow, happened, purchase

pytestmark = pytest.mark.services

NUMBER = 1_000
DICE = random.Random(7)
ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
FRIEND = "9WzDXwBbmkg8ZTbNMqUxvQRAyrZzDsGYdLVL9zYtAWWM"
USDC = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"
JITOSOL = "J1toso1uCk3RLmjorhTtrVwY9HJ7X8V9yYac6Y7kGCPn"
PRICED = "JUPyiwrYJFskUPiHa7hkeR8VUtAeFoSYbKedZNsDvCN"
BAIT = "EKpQGSJtjMFqKZ9KQanSqYXRcF8fBopzLHYxdM65zcjm"
WHOLE = 10**6


def somebody() -> str:
    return "".join(DICE.choices(ALPHABET, k=44))


def twin() -> str:
    """An address that people take for the friend's."""
    return FRIEND[:4] + somebody()[8:] + FRIEND[-4:]


def sol(low: int, high: int) -> Leg:
    return Leg(mint=SOL, raw=DICE.randint(low, high), decimals=9)


def token(mint: str, low: int, high: int) -> Leg:
    return Leg(mint=mint, raw=DICE.randint(low, high), decimals=6)


def came(
    *legs: Leg, sender: str | None = None, recipients: int = 1, kind: Kind = Kind.TRANSFER_IN
) -> Activity:
    return structs.replace(
        purchase(0, kind=kind),
        signature=somebody() + somebody(),
        block_time=int(datetime.now(UTC).timestamp()),
        paid=(),
        received=legs,
        is_signer=False,
        counterparty=somebody() if sender is None else sender,
        recipients=recipients,
    )


SPAM: tuple[Callable[[], Activity], ...] = (
    lambda: came(token(somebody(), 1, 10**15)),
    lambda: came(token(somebody(), 1, 10**15), kind=Kind.MINT),
    lambda: came(sol(1, 4_900_000)),
    lambda: came(token(USDC, 1, 999_999)),
    lambda: came(token(PRICED, 1, 3 * WHOLE)),
    lambda: came(sol(1, 5_000), token(somebody(), 1, 10**15)),
    lambda: came(sol(1, 4_900_000), sender=twin()),
    lambda: came(token(MINT, 1, 10**15), sender=twin()),
    lambda: came(token(BAIT, 1, 10**15)),
    lambda: came(token(MINT, 1, 10**15), recipients=DICE.randint(5, 30)),
)
REAL: tuple[Callable[[], Activity], ...] = (
    lambda: came(sol(5_000_000, 10**13), recipients=DICE.randint(1, 30)),
    lambda: came(token(USDC, WHOLE, 10**12)),
    lambda: came(token(PRICED, 4 * WHOLE, 10**12), sender=twin()),
    lambda: came(Leg(mint=JITOSOL, raw=DICE.randint(10**7, 10**12), decimals=9)),
    lambda: came(sol(1, 10**6), sender=FRIEND),
    lambda: came(token(somebody(), 1, 10**15), sender=FRIEND, recipients=DICE.randint(1, 30)),
    lambda: came(token(BAIT, 1, 10**15), sender=FRIEND),
    lambda: came(token(MINT, 1, 10**15)),
)


async def history(database: Database) -> None:
    """SOL at $200, a token at $0.25; a friend to whom the wallet sent, a token that it bought."""
    now = datetime.now(UTC)
    published = ReadPrice(mint=SOL, usd=Decimal(200), published_at=int(now.timestamp()) - 5, is_certain=True)
    await note_published(database, chain=CHAIN, prices=[published])
    price = SeenPrice(chain=CHAIN, mint=PRICED, usd=Decimal("0.25"), at=now, is_certain=True)

    async def note(connection: Connection) -> None:
        await note_prices_seen(connection, [price])

    await database.transaction(note)
    bait = Token(chain=CHAIN, mint=BAIT, symbol="REWARD", name="Claim at krill-drop.xyz", decimals=6)
    await save_tokens(database, [bait])
    await follow(database, ALICE)
    await change_settings(database, ALICE, lambda old: structs.replace(old, busy_above=0))
    sent = structs.replace(purchase(1, kind=Kind.TRANSFER_OUT), received=(), counterparty=FRIEND)
    await happened(database, purchase(2), sent)
    await fan_out_all(database)


async def gates_of(database: Database, transfers: list[Activity]) -> Counter[Gate]:
    before = await database.fetchval("SELECT max(delivery_id) FROM deliveries")
    await happened(database, *transfers)
    await fan_out_all(database)
    rows = await database.fetch("SELECT gate FROM deliveries WHERE delivery_id > $1", before)
    return Counter(Gate(row["gate"]) for row in rows)


async def test_of_a_thousand_spam_transfers_none_is_sent_and_of_a_thousand_real_ones_each(
    database: Database,
) -> None:
    await history(database)
    spam = await gates_of(database, [SPAM[number % len(SPAM)]() for number in range(NUMBER)])
    assert spam[Gate.WANTED] == 0
    assert set(spam) == set(SPAM_GATES)
    assert spam.total() == NUMBER, "each is kept"
    real = await gates_of(database, [REAL[number % len(REAL)]() for number in range(NUMBER)])
    assert real == {Gate.WANTED: NUMBER}


async def test_whose_twin_a_sender_is_follows_from_whom_the_wallet_sent_to(database: Database) -> None:
    await history(database)
    stranger = somebody()[:3] + FRIEND[3:]  # the end alone is not enough
    assert await gates_of(database, [came(token(MINT, 1, 5), sender=stranger)]) == {Gate.WANTED: 1}
    own = WHALE[:5] + somebody()[10:] + WHALE[-5:]
    assert await gates_of(database, [came(token(MINT, 1, 5), sender=own)]) == {Gate.LOOK_ALIKE: 1}


@pytest.mark.parametrize(("reserve", "gate"), [(None, Gate.SPAM), (5_000 * WHOLE, Gate.WANTED)])
async def test_a_token_is_worth_what_a_deep_pool_shows_and_nothing_by_a_trade_alone(
    database: Database, reserve: int | None, gate: Gate
) -> None:
    await history(database)
    mint = somebody()
    await follow(database, ALICE, wallet=FRIEND)
    price = TradePrice(
        token=mint, quote=USDC, quote_decimals=6, fill=Decimal(2_000_000), liquidity_quote=reserve
    )
    traded = structs.replace(
        purchase(5, wallet=FRIEND),
        block_time=int(datetime.now(UTC).timestamp()),
        paid=(Leg(mint=USDC, raw=2 * WHOLE, decimals=6),),
        received=(Leg(mint=mint, raw=1, decimals=6),),
        venue="Meteora DLMM",
        price=price,
    )
    await happened(database, traded)
    await fan_out_all(database)
    assert await gates_of(database, [came(token(mint, 10, 10))]) == {gate: 1}
    usd = "SELECT (market->>'usd')::numeric FROM alerts ORDER BY alert_id DESC LIMIT 1"
    assert await database.fetchval(usd) == 20, "people are told what trades showed, either way"


async def test_what_a_wallet_only_received_is_not_read_for_what_it_dealt_with(database: Database) -> None:
    await database.execute(
        """
        INSERT INTO activities (chain, signature, wallet, activity_index, slot, kind, payload, block_time)
        SELECT $1, 's' || number, $2, 0, number,
               CASE WHEN number % 500 = 0 THEN 'buy' ELSE 'transfer_in' END, '{}',
               now() - make_interval(secs => number)
        FROM generate_series(1, 5000) AS numbers (number)
        """,
        CHAIN,
        WHALE,
    )

    async def plan(connection: Connection) -> str:
        await connection.execute("ANALYZE activities")
        asked = (CHAIN, WHALE, [MINT], MAX_HISTORY, "signature", datetime.now(UTC))
        rows = await connection.fetch(f"EXPLAIN (ANALYZE, COSTS off, TIMING off) {DEALT_WITH}", *asked)
        return "\n".join(row[0] for row in rows)

    found = await database.transaction(plan)
    read = sum(int(rows) for rows in re.findall(r"Scan.*activities.*actual rows=(\d+)", found))
    passed_over = sum(int(rows) for rows in re.findall(r"Rows Removed by Filter: (\d+)", found))
    assert read + passed_over == 10, found
