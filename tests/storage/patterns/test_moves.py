"""A possible move is checked again until it is decided, and told once."""

import asyncio
from dataclasses import replace

import pytest

from domain.patterns.alone import moving
from domain.patterns.found import Pattern
from domain.patterns.replay import CHECKS
from domain.patterns.sightings import PastOfAddress
from storage.patterns.moves import (
    PossibleMove,
    announce_move,
    check_later,
    counterparty_count,
    due_moves,
    end_move,
    transfers_of,
    with_books,
)
from storage.postgres import Database
from tests.domain.patterns.samples import sent
from tests.storage.patterns.samples import AHAB, found_after, patterns, transfer
from tests.storage.sample_data import ALICE, CHAIN, follow

pytestmark = pytest.mark.services
HOME = "Home111111111111111111111111111111111111111"


async def possible(database: Database) -> PossibleMove:
    await follow(database, ALICE, wallet=AHAB)
    await database.execute(
        "INSERT INTO dollar_prices VALUES ($1, 'SOL', 'one', 150, to_timestamp(1793491200), '')", CHAIN
    )
    await found_after(database, transfer(AHAB, HOME, 0, 60), transfer(AHAB, HOME, 60, 40))
    await database.execute("UPDATE pattern_sightings SET usd = lamports * 150 / 1e9")
    await database.execute(
        "INSERT INTO wallet_moves (wallet_id, address, chain, alert_id, moved_at)"
        " SELECT wallet_id, $1, $2, max(alert_id), max(at) FROM pattern_sightings GROUP BY wallet_id"
        " ON CONFLICT DO NOTHING",
        HOME,
        CHAIN,
    )
    (move,) = await due_moves(database, chain=CHAIN, limit=9)
    return move


async def test_all_that_went_is_known_and_what_there_was_before(database: Database) -> None:
    move = await possible(database)
    found = await transfers_of(database, move)
    assert [(seen.party, seen.usd) for seen in found] == [(HOME, 9_000.0), (HOME, 6_000.0)]
    assert [seen.book for seen in with_books(found, 1_000.0)] == [16_000.0, 7_000.0]
    assert await counterparty_count(database, move) == 1


async def test_it_is_looked_at_again_and_then_no_more(database: Database) -> None:
    move = await possible(database)
    assert await check_later(database, move, remaining=5.0)
    assert await database.fetchval("SELECT (checks, remaining) FROM wallet_moves") == (1, 5.0)
    assert not await check_later(database, replace(move, checks=len(CHECKS) - 1), remaining=5.0)
    assert await database.fetchval("SELECT count(*) FROM wallet_moves") == 0
    await end_move(database, move)


async def test_it_is_news_once_however_many_have_judged(database: Database) -> None:
    move = await possible(database)
    found = moving([sent(AHAB, HOME, 0, 9_000)], frozenset())
    assert found is not None
    past = PastOfAddress(1.0, acts=True)
    announced = await asyncio.gather(*(announce_move(database, move, found, past) for _ in range(3)))
    assert sorted(announced) == [False, False, True]
    (event,) = await patterns(database)
    assert (event.pattern, event.to, event.share) == (Pattern.MOVE, HOME, 0.9)
