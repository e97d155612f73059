"""Sightings are noted once and read by index; a sale before a purchase is found."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from msgspec.structs import replace

from domain.activity.activity import Activity, Kind
from domain.activity.prices import MarketFacts
from domain.patterns.alone import LastAct
from domain.patterns.sightings import Action
from storage.market.sightings import (
    MAX_OF_WALLET,
    TRADES,
    note_acts,
    note_sightings,
    sent_by,
    take_sightings,
    trades_of,
    trades_of_wallets,
)
from storage.postgres import Connection, Database
from tests.storage.patterns.samples import AHAB, BELA, MANY, NOW, trade
from tests.storage.sample_data import ALICE, CHAIN, MINT, fan_out_all, follow, happened

pytestmark = pytest.mark.services
OTHER = "other"


async def test_what_was_noted_is_taken_once_and_found_again(database: Database) -> None:
    await follow(database, ALICE, wallet=AHAB)
    await follow(database, ALICE, wallet=BELA)
    await happened(database, trade(BELA, 60), trade(AHAB, 0), trade(AHAB, 90, Kind.SELL, after=0))
    await fan_out_all(database)

    async def work(connection: Connection) -> None:
        taken = await take_sightings(connection, limit=9)
        assert [(chain, seen.wallet, seen.action) for chain, _, seen in taken] == [
            (CHAIN, AHAB, Action.BUY),
            (CHAIN, BELA, Action.BUY),
            (CHAIN, AHAB, Action.SELL),
        ]
        assert await take_sightings(connection, limit=9) == []
        ids = {seen.wallet: wallet_id for _, wallet_id, seen in taken}
        token = (MINT, Action.BUY)
        found = await trades_of(connection, {token: (NOW - 1, [ids[BELA]])})
        assert [seen.wallet for _, seen in found[token]] == [BELA]
        mine = await trades_of_wallets(connection, [(ids[AHAB], MINT)], since=NOW - 1)
        assert [seen.after for seen in mine[ids[AHAB], MINT]] == [None, 0]
        assert await sent_by(connection, [ids[AHAB]], since=NOW - 1) == {ids[AHAB]: []}
        assert await note_acts(connection, {ids[AHAB]: LastAct(5.0, is_bound=True)}) == {}
        assert await note_acts(connection, {ids[AHAB]: LastAct(3.0)}) == {
            ids[AHAB]: LastAct(5.0, is_bound=True)
        }
        assert await note_acts(connection, {ids[AHAB]: LastAct(9.0)}) == {
            ids[AHAB]: LastAct(5.0, is_bound=True)
        }
        assert await note_acts(connection, {ids[AHAB]: LastAct(8.0)}) == {ids[AHAB]: LastAct(9.0)}

    await database.transaction(work)


async def test_a_sale_of_another_token_for_about_as_much_is_a_rotation(database: Database) -> None:
    await follow(database, ALICE, wallet=AHAB)
    await happened(database, trade(AHAB, 0, Kind.SELL, after=0))
    await fan_out_all(database)
    await database.execute("UPDATE pattern_sightings SET usd = 1000")
    wallet_id = await database.fetchval("SELECT wallet_id FROM pattern_sightings")

    async def sold(mint: str, usd: int, second: int) -> object:
        return await _noted(database, [(99, wallet_id, _trade_of(mint, second), usd)])

    assert await sold(OTHER, 900, 180) == {99: (MINT, 180)}
    assert await sold(MINT, 900, 180) == {}
    assert await sold(OTHER, 2_001, 180) == {}
    assert await sold(OTHER, 900, 901) == {}


async def test_a_sale_that_is_noted_together_with_the_purchase_is_found_too_and_the_latest_counts(
    database: Database,
) -> None:
    await follow(database, ALICE, wallet=AHAB)
    wallet_id = await database.fetchval("SELECT wallet_id FROM wallets")
    sale = trade(AHAB, 0, Kind.SELL, after=0)
    later = _trade_of(OTHER, 60)
    noted = [(7, wallet_id, sale, 1_000), (8, wallet_id + 1, sale, 1_000), (9, wallet_id, later, 900)]
    assert await _noted(database, noted) == {9: (MINT, 60)}
    assert await _noted(database, [(10, wallet_id, _trade_of("third", 90), 900)]) == {10: (MINT, 90)}


async def test_of_a_wallet_that_trades_all_the_time_the_latest_are_found_and_those_of_others(
    database: Database,
) -> None:
    for wallet in (AHAB, BELA):
        await follow(database, ALICE, wallet=wallet)
    await database.execute(MANY, AHAB, CHAIN, MINT, NOW, 1)
    await database.execute(MANY.replace("1000000", "2000000"), BELA, CHAIN, MINT, NOW + 1, MAX_OF_WALLET + 9)
    ids = [row["wallet_id"] for row in await database.fetch("SELECT wallet_id FROM wallets")]
    token = (MINT, Action.BUY)

    async def work(connection: Connection) -> tuple[list[float], str]:
        found = await trades_of(connection, {token: (NOW - 1, ids)})
        await connection.execute("SET LOCAL enable_seqscan = off")
        plan = await connection.fetch(
            f"EXPLAIN {TRADES}", [MINT], ["buy"], [float(NOW)], ids[:1], MAX_OF_WALLET
        )
        return [seen.at - NOW for _, seen in found[token]], "\n".join(row[0] for row in plan)

    seconds, plan = await database.transaction(work)
    assert seconds == [1.0, *range(11, MAX_OF_WALLET + 11)]
    assert "pattern_sightings_by_wallet" in plan


def _trade_of(mint: str, second: int) -> Activity:
    """A purchase."""
    done = trade(AHAB, second)
    legs = tuple(replace(leg, mint=mint) for leg in done.received)
    return replace(done, received=legs)


async def _noted(database: Database, events: Sequence[tuple[int, int, Activity, int]]) -> object:
    """What `note_sightings` gives: alert id, wallet id, what happened, and dollars of each."""

    async def work(connection: Connection) -> object:
        return await note_sightings(
            connection,
            [
                (alert_id, wallet_id, one, MarketFacts(usd=Decimal(usd)), _at(one))
                for alert_id, wallet_id, one, usd in events
            ],
        )

    return await database.transaction(work)


def _at(activity: Activity) -> datetime:
    return datetime.fromtimestamp(activity.block_time or 0, UTC)
