"""Total dollar holdings of followed wallets, as known without asking a node.

Their SOL as it was read in turn, tokens of their positions at the latest price of a candle, and the dollar
tokens that they were seen to get and not to give. So it is at least so much.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from domain.activity.activity import SOL
from domain.activity.prices import DOLLAR_DECIMALS, DOLLAR_MINTS
from storage.market.candles import MAX_TRADED_AGE
from storage.market.dollars import dollars_now
from storage.postgres import Database
from storage.sql_files import read_statement

BOOKS = read_statement(__name__, "BOOKS")


async def books_of(database: Database, *, chain: str, wallets: Sequence[str]) -> Mapping[str, Decimal]:
    """Dollars of each wallet, by address; missing: nothing is known of it, or not what SOL costs.

    Args:
        database: it is only read.
        chain: of the wallets.
        wallets: addresses.
    """
    sol = (await dollars_now(database, chain=chain)).get(SOL) if wallets else None
    if sol is None:
        return {}
    rows = await database.fetch(
        BOOKS, chain, sorted(set(wallets)), sol, sorted(DOLLAR_MINTS), DOLLAR_DECIMALS, MAX_TRADED_AGE
    )
    return {row["address"]: row["usd"] for row in rows if row["usd"] > 0}
