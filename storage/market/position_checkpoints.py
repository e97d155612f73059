"""Checkpoints of positions: before alerts are deleted, what positions are booked again from takes them in.

Recomputation then starts where the deleted alerts end, so that a late alert or a reverted one years later
forgets nothing that happened before.
"""

from collections import defaultdict
from collections.abc import Sequence

import msgspec

from domain.activity.activity import Activity
from domain.activity.prices import read_market
from domain.positions.entries import Entry
from domain.positions.holdings import Holding, encoded
from domain.positions.ledger import Ledger, tokens_of
from domain.positions.outcomes import entry_of
from storage.market.positions import LOCK, dated
from storage.postgres import Connection, Row, columns

# The same alerts that the retention deletes in this transaction, and those beside them: the oldest.
OLDEST = """
SELECT alert_id, chain, wallet_id, payload, market, block_time FROM (
    SELECT * FROM alerts ORDER BY alert_id LIMIT $1) AS oldest
WHERE fanned_out_at IS NOT NULL AND created_at < now() - make_interval(days => $2)
  AND kind = 'activity' AND wallet_id IS NOT NULL AND market IS NOT NULL AND reverted_at IS NULL
ORDER BY alert_id
"""

# `next_base` never stands before `base`.
CHECKPOINT = """
UPDATE positions SET base = new.base, base_alert_id = new.alert_id, is_cut = true,
    next_base = CASE WHEN next_base_alert_id < new.alert_id THEN new.base ELSE next_base END,
    next_base_alert_id = greatest(next_base_alert_id, new.alert_id)
FROM unnest($1::text[], $2::bigint[], $3::text[], $4::jsonb[], $5::bigint[])
    AS new (chain, wallet_id, mint, base, alert_id)
WHERE positions.chain = new.chain AND positions.wallet_id = new.wallet_id AND positions.mint = new.mint
"""

Key = tuple[str, int, str]
_decode_activity = msgspec.json.Decoder(Activity).decode
_decode_holding = msgspec.json.Decoder(Holding).decode


async def checkpoint_positions(connection: Connection, limit: int, days: int) -> None:
    """Take the oldest alerts into the states from which positions are booked again.

    Args:
        connection: in the transaction that deletes these alerts.
        limit: alerts that are checked.
        days: older ones are deleted.
    """
    entries: dict[Key, list[tuple[int, Entry]]] = defaultdict(list)
    for row in await connection.fetch(OLDEST, limit, days):
        entry = _entry(row)
        for mint in tokens_of(entry):
            entries[row["chain"], row["wallet_id"], mint].append((row["alert_id"], entry))
    if not entries:
        return
    locked = await connection.fetch(LOCK, *columns(sorted(entries), 3))
    rows = [found for row in locked if (found := _checkpoint(row, entries[_key(row)])) is not None]
    if rows:
        await connection.execute(CHECKPOINT, *columns(rows, 5))


def _checkpoint(row: Row, entries: Sequence[tuple[int, Entry]]) -> tuple[str, int, str, str, int] | None:
    """The state after these alerts; None: they are in it already."""
    key = _key(row)
    newer = [(alert_id, entry) for alert_id, entry in entries if alert_id > row["base_alert_id"]]
    if not newer:
        return None
    base = Holding() if row["base"] is None else _decode_holding(row["base"])
    wallet = newer[0][1].wallet
    ledger = Ledger(holdings={(wallet, key[2]): base})
    for _ in ledger.fold([entry for _, entry in newer]):
        pass
    state = encoded(ledger.holding(wallet, key[2]))
    return (*key, state, newer[-1][0])


def _entry(row: Row) -> Entry:
    activity = dated(_decode_activity(row["payload"]), row["block_time"])
    return entry_of(activity, read_market(row["market"]).usd)


def _key(row: Row) -> Key:
    return row["chain"], row["wallet_id"], row["mint"]
