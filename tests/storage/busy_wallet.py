"""The positions of a wallet of very many activities, as they are stored."""

from domain.activity.activity import SOL, Kind
from domain.positions.entries import Entry
from domain.positions.holdings import encoded
from domain.positions.ledger import Ledger
from storage.postgres import Database
from tests.storage.sample_data import WHALE

ACTIVITIES, TOKENS = 100_000, 500


def states(sale: int = 90) -> list[tuple[str, str]]:
    """Return what so many trades made of the tokens: mint and encoded state of each.

    Args:
        sale: tokens that each third trade sells, of 120 that were bought.
    """
    ledger = Ledger()
    entries = [
        Entry(
            signature=f"s{at}",
            wallet=WHALE,
            slot=at,
            block_time=at,
            kind=Kind.SELL if at // TOKENS % 3 == 2 else Kind.BUY,
            paid={f"mint {at % TOKENS}": sale} if at // TOKENS % 3 == 2 else {SOL: 10 + at % 89},
            received={SOL: 10 + at % 97} if at // TOKENS % 3 == 2 else {f"mint {at % TOKENS}": 60},
        )
        for at in range(ACTIVITIES)
    ]
    for _ in ledger.fold(entries):
        pass
    return [(f"mint {at}", encoded(ledger.holding(WHALE, f"mint {at}"))) for at in range(TOKENS)]


async def put_busy_wallet(database: Database) -> None:
    """Store the positions of the one wallet that is followed."""
    mints, encoded = zip(*states(), strict=True)
    await database.execute(
        "INSERT INTO positions (chain, wallet_id, mint, state, slot, alert_id)"
        " SELECT chain, wallet_id, mint, state, 1, 1"
        " FROM wallets CROSS JOIN unnest($1::text[], $2::jsonb[]) AS new (mint, state)",
        list(mints),
        list(encoded),
    )
