"""What sales of followed wallets gained, as their alerts and their histories say it.

What alerts say is corrected where a position is booked again (storage/market/position_rebuilds.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from storage.postgres import Database, Row
from storage.sql_files import read_statement

GAINS = read_statement(__name__, "GAINS")
MAX_SALES = 2_000
"""Of one wallet in one period; older ones are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gains:
    """What a wallet's sales of some time gained, as far as their cost is known."""

    sales: int
    gain_sol: int | None
    """Lamports; None: none of them is known in SOL, or the dollars say more of them."""
    gain_usd: Decimal | None
    """None: not of all of them, unless it stands alone."""
    partly_known: int
    """Sales that are not in the sum, or only in part, since some cost is not known in its currency."""


async def gains_since(
    database: Database, *, chain: str, wallets: Sequence[str], seconds: float
) -> dict[str, Gains]:
    """Return what the sales of the last seconds gained, by address; a wallet without sales is missing.

    Args:
        database: it is only read.
        chain: of the wallets.
        wallets: addresses.
        seconds: since an alert was stored, or it happened; of each wallet the latest MAX_SALES sales.
    """
    rows = await database.fetch(GAINS, chain, list(wallets), seconds, MAX_SALES)
    return {row["address"]: _gains(row) for row in rows}


def _gains(row: Row) -> Gains:
    """One currency tells all of it, or what it leaves out is counted: SOL, unless dollars know more sales."""
    is_in_usd_alone = row["in_usd"] > row["in_sol"]
    is_known_in_usd = row["in_usd"] == row["sales"]
    return Gains(
        sales=row["sales"],
        gain_sol=None if is_in_usd_alone else row["gain_sol"],
        gain_usd=row["gain_usd"] if is_known_in_usd or is_in_usd_alone else None,
        partly_known=row["partly_in_usd" if is_in_usd_alone else "partly_in_sol"],
    )
