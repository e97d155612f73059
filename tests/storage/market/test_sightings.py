"""Sightings are noted once and read by index; a sale before a purchase is found."""

import pytest

from domain.activity.activity import Kind
from domain.patterns.sightings import Action
from storage.market.sightings import (
    note_acts,
    rotations,
    sent_by,
    take_sightings,
    trades_of,
    trades_of_wallets,
)
from storage.postgres import Connection, Database
from tests.storage.patterns.samples import AHAB, BELA, NOW, trade
from tests.storage.sample_data import ALICE, CHAIN, MINT, fan_out_all, follow, happened

pytestmark = pytest.mark.services


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
        found = await trades_of(connection, chain=CHAIN, tokens=[token], wallets=[ids[BELA]], since=NOW - 1)
        assert [seen.wallet for _, seen in found[token]] == [BELA]
        mine = await trades_of_wallets(connection, [(ids[AHAB], MINT)], since=NOW - 1)
        assert [seen.after for seen in mine[ids[AHAB], MINT]] == [None, 0]
        assert await sent_by(connection, [ids[AHAB]], since=NOW - 1) == {ids[AHAB]: []}
        assert await note_acts(connection, {ids[AHAB]: 5.0}) == {}
        assert await note_acts(connection, {ids[AHAB]: 3.0}) == {ids[AHAB]: 5.0}
        assert await note_acts(connection, {ids[AHAB]: 9.0}) == {ids[AHAB]: 5.0}

    await database.transaction(work)


async def test_a_sale_of_another_token_for_about_as_much_is_a_rotation(database: Database) -> None:
    await follow(database, ALICE, wallet=AHAB)
    await happened(database, trade(AHAB, 0, Kind.SELL, after=0))
    await fan_out_all(database)
    await database.execute("UPDATE pattern_sightings SET usd = 1000")
    wallet_id = await database.fetchval("SELECT wallet_id FROM pattern_sightings")

    async def sold(mint: str, usd: float, second: int) -> object:
        async def work(connection: Connection) -> object:
            return await rotations(connection, [(99, wallet_id, mint, usd, float(NOW + second))])

        return await database.transaction(work)

    assert await sold("other", 900.0, 180) == {99: (MINT, 180)}
    assert await sold(MINT, 900.0, 180) == {}
    assert await sold("other", 2_001.0, 180) == {}
    assert await sold("other", 900.0, 901) == {}
