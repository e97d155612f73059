"""Who paid whom: the first and the last time of each pair of addresses."""

from collections import defaultdict
from collections.abc import Sequence

from storage.postgres import Connection, columns

PAY = """
INSERT INTO payments AS old (chain, payer, payee, first_at, paid_at)
SELECT $1, * FROM unnest($2::text[], $3::text[], $4::float8[], $5::float8[])
ON CONFLICT (chain, payee, payer) DO UPDATE SET first_at = least(old.first_at, excluded.first_at),
    paid_at = greatest(old.paid_at, excluded.paid_at)
"""


async def note_payments(
    connection: Connection, *, chain: str, payments: Sequence[tuple[str, str, float]]
) -> None:
    """Note who paid whom, and when; a statement cannot change one row twice, so each pair is one row.

    Args:
        connection: in the transaction of the sightings.
        chain: of the wallets.
        payments: payer, payee and Unix seconds, in any order; history may bring them late.
    """
    times: dict[tuple[str, str], list[float]] = defaultdict(list)
    for payer, payee, at in payments:
        times[payee, payer].append(at)
    rows = [(payer, payee, min(seen), max(seen)) for (payee, payer), seen in sorted(times.items())]
    await connection.execute(PAY, chain, *columns(rows, 4))
