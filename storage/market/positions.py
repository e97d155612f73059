"""Positions of followed wallets, token by token: what the ledger made of their alerts.

Every alert is booked once, in the transaction that first decides it. What comes out of turn, or was reverted,
makes a position stale: it is booked again from an older state, with the alerts since then in right order.
That older state is a day old at least, so that no alert that may still come belongs before it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import msgspec

from domain.activity.activity import Activity
from domain.activity.outcomes import Outcome
from domain.activity.prices import read_market
from domain.positions.entries import Entry
from domain.positions.holdings import Holding
from domain.positions.ledger import Booked, Ledger, tokens_of
from domain.positions.outcomes import entry_of, outcome_of
from storage.postgres import Connection, Database, Row, columns

# One order for all writers, so that two of them never wait for each other.
LOCK = """
SELECT positions.* FROM unnest($1::text[], $2::bigint[], $3::text[]) AS asked (chain, wallet_id, mint)
JOIN positions USING (chain, wallet_id, mint)
ORDER BY chain, wallet_id, mint FOR NO KEY UPDATE OF positions
"""

# New rows, so that two do not both begin with nothing, and what was there. What another transaction made in
# this very moment is in neither, and is read by LOCK.
BEGIN = f"""
WITH old AS ({LOCK}), new AS (
    INSERT INTO positions (chain, wallet_id, mint, state, slot, alert_id)
    SELECT chain, wallet_id, mint, '{{}}', 0, 0 FROM unnest($1::text[], $2::bigint[], $3::text[])
        AS asked (chain, wallet_id, mint) ORDER BY chain, wallet_id, mint
    ON CONFLICT DO NOTHING RETURNING *
)
SELECT * FROM new UNION ALL SELECT * FROM old
"""  # noqa: S608 - a constant

# `base` is the state of a day ago or earlier; `next_base` waits until it is a day old.
SAVE = """
INSERT INTO positions AS old (chain, wallet_id, mint, state, slot, alert_id)
SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::jsonb[], $5::bigint[], $6::bigint[])
ON CONFLICT (chain, wallet_id, mint) DO UPDATE SET
    state = excluded.state, slot = excluded.slot, alert_id = excluded.alert_id, updated_at = now(),
    base = CASE WHEN old.next_base_at < now() - interval '1 day' THEN old.next_base ELSE old.base END,
    base_alert_id = CASE WHEN old.next_base_at < now() - interval '1 day' THEN old.next_base_alert_id
                         ELSE old.base_alert_id END,
    next_base = CASE WHEN old.next_base_at < now() - interval '1 day' THEN old.state ELSE old.next_base END,
    next_base_alert_id = CASE WHEN old.next_base_at < now() - interval '1 day' THEN old.alert_id
                              ELSE old.next_base_alert_id END,
    next_base_at = CASE WHEN old.next_base_at < now() - interval '1 day' THEN now() ELSE old.next_base_at END
"""

MARK_STALE = """
UPDATE positions SET stale_at = coalesce(stale_at, now())
FROM unnest($1::text[], $2::bigint[], $3::text[]) AS late (chain, wallet_id, mint)
WHERE positions.chain = late.chain AND positions.wallet_id = late.wallet_id AND positions.mint = late.mint
"""

STALE = """
SELECT chain, wallet_id, mint, base, base_alert_id FROM positions
WHERE stale_at < now() ORDER BY stale_at LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
"""

SINCE = """
SELECT alert_id, payload, market, block_time FROM alerts
WHERE wallet_id = $1 AND alert_id > $2 AND kind = 'activity' AND market IS NOT NULL AND reverted_at IS NULL
  AND EXISTS (
    SELECT FROM jsonb_array_elements((payload->'paid') || (payload->'received')
                                     || coalesce(payload->'from_order', '[]')) AS leg
    WHERE leg->>'mint' = $3)
ORDER BY alert_id LIMIT $4
"""
MAX_REBUILT = 5_000
"""Alerts from which one position is booked again at most; of one with more nothing is said."""
FAILED_MINUTES = 10
LARGE_MINUTES = 1_440

# One that cannot be booked again waits behind the others.
PUT_OFF = """
UPDATE positions SET stale_at = now() + make_interval(mins => $4)
WHERE chain = $1 AND wallet_id = $2 AND mint = $3
"""

REPLACE = """
UPDATE positions SET state = $4, slot = $5, alert_id = $6, stale_at = NULL, updated_at = now(),
    next_base = base, next_base_alert_id = base_alert_id, next_base_at = now()
WHERE chain = $1 AND wallet_id = $2 AND mint = $3
"""

OF_WALLETS = """
SELECT address, mint, state FROM positions JOIN wallets USING (chain, wallet_id)
WHERE chain = $1 AND address = ANY($2::text[]) AND stale_at IS NULL AND state <> '{}'
"""

# What sales said when they were told. A sale whose cost is known in part counts with that part.
GAINS = """
SELECT address, count(*)::int AS sales, sum((outcome->>'gain_sol')::numeric)::bigint AS gain_sol,
       sum((outcome->>'gain_usd')::numeric) AS gain_usd,
       count(*) FILTER (WHERE outcome ? 'gain_usd')::int AS in_usd,
       count(*) FILTER (WHERE (outcome->>'known_share')::numeric < 1)::int AS partly_known
FROM wallets CROSS JOIN LATERAL (
    SELECT market->'outcome' AS outcome FROM alerts
    WHERE alerts.wallet_id = wallets.wallet_id AND created_at > now() - make_interval(secs => $3)
      AND reverted_at IS NULL AND market->'outcome' ? 'known_share'
    ORDER BY created_at DESC LIMIT $4) AS latest
WHERE chain = $1 AND address = ANY($2::text[])
GROUP BY address
"""
MAX_SALES = 2_000
"""Of one wallet in one period; older ones are left out."""

_decode_holding = msgspec.json.Decoder(Holding).decode
_decode_activity = msgspec.json.Decoder(Activity).decode
Key = tuple[str, int, str]
"""Chain, wallet id and mint."""
Event = tuple[int, int, Activity, Decimal | None]
"""Alert id, wallet id, what happened, and the dollars that changed hands."""


async def book_positions(connection: Connection, events: Sequence[Event]) -> list[Outcome | None]:
    """Book new alerts, in this order; what an alert says of the position of each. Call it once for each.

    Args:
        connection: in the transaction that stores that the alerts were decided.
        events: what happened.
    """
    entries = [_entry(event) for event in events]
    keys = sorted({key for event, entry in zip(events, entries, strict=True) for key in _keys(event, entry)})
    if not keys:
        return [None] * len(events)
    books = _Books(await _locked(connection, keys))
    outcomes = [books.book(event, entry) for event, entry in zip(events, entries, strict=True)]
    await connection.execute(SAVE, *columns(books.rows(), 6))
    if books.stale:
        await connection.execute(MARK_STALE, *columns(sorted(books.stale), 3))
    return outcomes


async def _locked(connection: Connection, keys: Sequence[Key]) -> dict[Key, Row]:
    """The rows of these positions, which nobody else changes until the transaction ends."""
    rows = await connection.fetch(BEGIN, *columns(keys, 3))
    if len(rows) < len(keys):
        rows = await connection.fetch(LOCK, *columns(keys, 3))
    return {_key(row): row for row in rows}


class _Books:
    """The positions of one transaction, as they are booked."""

    def __init__(self, rows: Mapping[Key, Row]) -> None:
        self.stale = {key for key, row in rows.items() if row["stale_at"] is not None}
        self._slots = {key: int(row["slot"]) for key, row in rows.items()}
        self._alerts: dict[Key, int] = {}
        self._ledger = Ledger(
            holdings={(_account(key), key[2]): _decode_holding(row["state"]) for key, row in rows.items()}
        )

    def book(self, event: Event, entry: Entry) -> Outcome | None:
        """Book one alert; what comes out of turn makes its positions stale, and says nothing of them."""
        alert_id, _, activity, _ = event
        keys = _keys(event, entry)
        self.stale |= {key for key in keys if self._slots.get(key, 0) > activity.slot}
        for key in keys:
            self._slots[key] = max(self._slots.get(key, 0), activity.slot)
            self._alerts[key] = alert_id
        outcomes = [
            outcome_of(booked, self._ledger.holding(entry.wallet, booked.mint), _decimals(activity, booked))
            for booked in self._ledger.book([entry])
        ]
        return (
            next((one for one in outcomes if one is not None), None) if self.stale.isdisjoint(keys) else None
        )

    def rows(self) -> list[tuple[object, ...]]:
        """The values of SAVE."""
        return [
            (*key, _encode(self._ledger.holding(_account(key), key[2])), self._slots[key], alert_id)
            for key, alert_id in sorted(self._alerts.items())
        ]


async def rebuild_next(database: Database) -> bool:
    """Book the position again that has been stale for longest; whether there was one."""
    chosen: list[Key] = []

    async def work(connection: Connection) -> bool:
        row = await connection.fetchrow(STALE)
        if row is None:
            return False
        chosen[:] = [_key(row)]
        await _rebuild(connection, row)
        return True

    try:
        return await database.transaction(work)
    except Exception:
        if chosen:
            await database.execute(PUT_OFF, *chosen[0], FAILED_MINUTES)
        raise


async def _rebuild(connection: Connection, row: Row) -> None:
    key = _key(row)
    rows = await connection.fetch(SINCE, key[1], row["base_alert_id"], key[2], MAX_REBUILT + 1)
    if len(rows) > MAX_REBUILT:
        await connection.execute(PUT_OFF, *key, LARGE_MINUTES)
        return
    events = [_event(key, alert) for alert in rows]
    mine = [event for event in events if key in _keys(event, _entry(event))]
    base = Holding() if row["base"] is None else _decode_holding(row["base"])
    ledger = Ledger(holdings={(_account(key), key[2]): base})
    for _ in ledger.fold([_entry(event) for event in mine]):
        pass
    slot = max((activity.slot for _, _, activity, _ in mine), default=0)
    latest = max((event[0] for event in mine), default=row["base_alert_id"])
    state = _encode(ledger.holding(_account(key), key[2]))
    await connection.execute(REPLACE, *key, state, slot, latest)


def _event(key: Key, row: Row) -> Event:
    activity = dated(_decode_activity(row["payload"]), row["block_time"])
    return row["alert_id"], key[1], activity, read_market(row["market"]).usd


def dated(activity: Activity, happened_at: datetime) -> Activity:
    """The activity with a time of its own, also where its source did not say one."""
    if activity.block_time is not None:
        return activity
    return msgspec.structs.replace(activity, block_time=int(happened_at.timestamp()))


def _entry(event: Event) -> Entry:
    """For the ledger a wallet is named by its chain and id."""
    _, wallet_id, activity, usd = event
    return msgspec.structs.replace(entry_of(activity, usd), wallet=_account((activity.chain, wallet_id, "")))


def _keys(event: Event, entry: Entry) -> list[Key]:
    return [(event[2].chain, event[1], mint) for mint in tokens_of(entry)]


def _key(row: Row) -> Key:
    return row["chain"], row["wallet_id"], row["mint"]


def _account(key: Key) -> str:
    return f"{key[0]}:{key[1]}"


def _encode(holding: Holding) -> str:
    return msgspec.json.encode(holding).decode()


def _decimals(activity: Activity, booked: Booked) -> int | None:
    legs = (*activity.received, *activity.paid, *activity.from_order)
    return next((leg.decimals for leg in legs if leg.mint == booked.mint), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gains:
    """What a wallet's sales of some time gained, as far as their cost is known."""

    sales: int
    gain_sol: int | None
    """Lamports; None: none of them is known in SOL."""
    gain_usd: Decimal | None
    """None: not of all of them."""
    partly_known: int
    """Sales of which some cost is not known."""


async def positions_of(
    database: Database, *, chain: str, wallets: Sequence[str]
) -> dict[str, dict[str, Holding]]:
    """The positions of wallets, by address and mint; what is to be booked again is left out."""
    found: dict[str, dict[str, Holding]] = {wallet: {} for wallet in wallets}
    for row in await database.fetch(OF_WALLETS, chain, list(wallets)):
        found[row["address"]][row["mint"]] = _decode_holding(row["state"])
    return found


async def gains_since(
    database: Database, *, chain: str, wallets: Sequence[str], seconds: float
) -> dict[str, Gains]:
    """What the sales of the last seconds gained, by address; a wallet without sales is missing."""
    rows = await database.fetch(GAINS, chain, list(wallets), seconds, MAX_SALES)
    return {
        row["address"]: Gains(
            sales=row["sales"],
            gain_sol=row["gain_sol"],
            gain_usd=row["gain_usd"] if row["in_usd"] == row["sales"] else None,
            partly_known=row["partly_known"],
        )
        for row in rows
    }
