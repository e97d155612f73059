"""What ties wallets is read for all of a batch, and hubs tie nobody."""

import pytest

from domain.activity.exchanges import EXCHANGES
from domain.patterns.owners import Tie
from storage.market.payments import note_payments
from storage.patterns.ties import Ties, hubs_among, that_matter, ties_of
from storage.postgres import Connection, Database
from tests.storage.patterns.samples import AHAB, BELA, CORA, FUNDER, NOW
from tests.storage.sample_data import ALICE, CHAIN, follow

pytestmark = pytest.mark.services
EXCHANGE = next(iter(EXCHANGES))


async def tied(database: Database, *payments: tuple[str, str]) -> Ties:
    async def work(connection: Connection) -> Ties:
        rows = [(payer, payee, float(NOW)) for payer, payee in payments]
        await note_payments(connection, chain=CHAIN, payments=rows)
        return await ties_of(connection, chain=CHAIN, wallets=[AHAB, BELA], now=float(NOW))

    return await database.transaction(work)


def owners(ties: Ties) -> int:
    return len({root for root, _ in ties.owner_of([AHAB, BELA]).values()})


async def test_a_common_funder_ties_and_an_exchange_does_not(database: Database) -> None:
    assert owners(await tied(database, (EXCHANGE, AHAB), (EXCHANGE, BELA))) == 2
    assert owners(await tied(database, (FUNDER, AHAB), (FUNDER, BELA))) == 1


async def test_a_followed_wallet_between_ties_and_a_stranger_does_not(database: Database) -> None:
    assert owners(await tied(database, (AHAB, CORA), (CORA, BELA))) == 2
    await follow(database, ALICE, wallet=CORA)
    assert owners(await tied(database)) == 1


async def test_two_are_tied_over_one_that_traded_at_another_time(database: Database) -> None:
    async def work(connection: Connection) -> Ties:
        rows = [(AHAB, CORA, float(NOW)), (CORA, BELA, float(NOW))]
        await note_payments(connection, chain=CHAIN, payments=rows)
        return await ties_of(connection, chain=CHAIN, wallets=[AHAB, BELA, CORA], now=float(NOW))

    assert owners(await database.transaction(work)) == 1, "also in a window that CORA is not in"


async def test_twenty_payees_are_no_hub_and_one_more_is(database: Database) -> None:
    async def hubs(connection: Connection) -> set[str]:
        found = await hubs_among(connection, chain=CHAIN, addresses=[FUNDER, EXCHANGE], now=float(NOW))
        return found - {EXCHANGE}

    await tied(database, *((FUNDER, f"payee-{number}") for number in range(20)))
    assert await database.transaction(hubs) == set()
    await tied(database, (FUNDER, "payee-20"))
    assert await database.transaction(hubs) == {FUNDER}


def test_only_what_can_tie_is_kept() -> None:
    found = {Tie("f", "a"), Tie("f", "b"), Tie("g", "a"), Tie("a", "b"), Tie("a", "x")}
    assert that_matter(found, ["a", "b"]) == {Tie("f", "a"), Tie("f", "b"), Tie("a", "b")}
