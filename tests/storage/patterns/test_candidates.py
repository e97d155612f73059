"""Whose trades are counted before anybody's watches are read: the latest, and those of no wallet alone."""

import pytest

from domain.patterns.sightings import Action, Sighting
from storage.patterns import candidates
from storage.patterns.candidates import MAX_TRADES, Candidate, candidates_for
from storage.postgres import Connection, Database
from tests.storage.patterns.samples import AHAB, BELA, CORA, MANY, NOW, found_after, trade
from tests.storage.sample_data import ALICE, CHAIN, MINT, follow

pytestmark = pytest.mark.services


async def bought_now(database: Database, wallet: str, second: int) -> list[Candidate]:
    wallet_id = await database.fetchval("SELECT wallet_id FROM wallets WHERE address = $1", wallet)

    async def work(connection: Connection) -> list[Candidate]:
        seen = Sighting(wallet, float(NOW + second), Action.BUY, MINT)
        return await candidates_for(connection, chain=CHAIN, new=[(wallet_id, seen)])

    return await database.transaction(work)


async def two_and_a_bot(database: Database) -> None:
    """Ahab and Bela buy, then Cora does all the time."""
    for wallet in (AHAB, BELA, CORA):
        await follow(database, ALICE, wallet=wallet)
    await found_after(database, trade(AHAB, 0), trade(BELA, 1))
    await database.execute(MANY, CORA, CHAIN, MINT, NOW + 1, MAX_TRADES)


async def test_whose_trades_are_older_than_a_bots_many_count_too(database: Database) -> None:
    await two_and_a_bot(database)
    (found,) = await bought_now(database, CORA, MAX_TRADES)
    assert len(found.wallet_ids) == 3
    assert (found.chat_id, found.key, found.seconds) == (ALICE, (MINT, Action.BUY), 1_800)


async def test_older_ones_are_read_only_where_few_wallets_made_the_latest(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await two_and_a_bot(database)
    monkeypatch.setattr(candidates, "FEW_WALLETS", 1)
    assert await bought_now(database, CORA, MAX_TRADES) == []


async def test_what_no_detector_has_taken_does_not_count(database: Database) -> None:
    await two_and_a_bot(database)
    await database.execute("UPDATE pattern_sightings SET is_new = true WHERE at < $1", float(NOW + 2))
    assert await bought_now(database, CORA, MAX_TRADES) == []
