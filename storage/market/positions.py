"""Positions of followed wallets, token by token: what the ledger made of their alerts.

Every alert is booked once, in the transaction that first decides it. What comes out of turn, or was reverted,
makes a position stale: it is booked again from an older state (storage/market/position_rebuilds.py). That
state is a day old at least, so that no alert that may still come belongs before it.
"""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

import msgspec

from domain.activity.activity import Activity
from domain.activity.outcomes import Outcome
from domain.positions.entries import Entry
from domain.positions.holdings import Holding, encoded
from domain.positions.ledger import Booked, Ledger, tokens_of
from domain.positions.outcomes import entry_of, outcome_of
from storage.postgres import Connection, Database, Row, columns
from storage.sql_files import read_statement

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

# `base` is the state of a day ago or earlier; `next_base` waits until it is a day old. A state that is to be
# booked again becomes neither.
_IS_DUE = "old.next_base_at < now() - interval '1 day' AND old.stale_at IS NULL"
SAVE = f"""
INSERT INTO positions AS old (chain, wallet_id, mint, state, slot, alert_id)
SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::jsonb[], $5::bigint[], $6::bigint[])
ON CONFLICT (chain, wallet_id, mint) DO UPDATE SET
    state = excluded.state, slot = excluded.slot, alert_id = excluded.alert_id, updated_at = now(),
    base = CASE WHEN {_IS_DUE} THEN old.next_base ELSE old.base END,
    base_alert_id = CASE WHEN {_IS_DUE} THEN old.next_base_alert_id ELSE old.base_alert_id END,
    next_base = CASE WHEN {_IS_DUE} THEN old.state ELSE old.next_base END,
    next_base_alert_id = CASE WHEN {_IS_DUE} THEN old.alert_id ELSE old.next_base_alert_id END,
    next_base_at = CASE WHEN {_IS_DUE} THEN now() ELSE old.next_base_at END
"""  # noqa: S608 - a constant

MARK_STALE = """
UPDATE positions SET stale_at = coalesce(stale_at, now())
FROM unnest($1::text[], $2::bigint[], $3::text[]) AS late (chain, wallet_id, mint)
WHERE positions.chain = late.chain AND positions.wallet_id = late.wallet_id AND positions.mint = late.mint
"""

OF_SLOT = read_statement(__name__, "OF_SLOT")
MAX_OF_SLOT = 50
_MANY = 500
"""Positions from which on they are decoded beside the event loop: a thousand take several milliseconds."""

OF_WALLETS = """
SELECT address, mint, state FROM positions JOIN wallets USING (chain, wallet_id)
WHERE chain = $1 AND address = ANY($2::text[]) AND stale_at IS NULL AND state <> '{}'
"""

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
    entries = [booked_entry(event) for event in events]
    keys = sorted(
        {key for event, entry in zip(events, entries, strict=True) for key in keys_of(event, entry)}
    )
    if not keys:
        return [None] * len(events)
    rows = await _locked(connection, keys)
    books = _Books(rows, await _of_slots(connection, events, entries, rows))
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


async def _of_slots(
    connection: Connection, events: Sequence[Event], entries: Sequence[Entry], rows: Mapping[Key, Row]
) -> dict[Key, list[Entry]]:
    """What is booked of positions in the very slots in which events happened."""
    asked = {
        (key[1], rows[key]["slot"], rows[key]["alert_id"])
        for event, entry in zip(events, entries, strict=True)
        for key in keys_of(event, entry)
        if rows[key]["slot"] == event[2].slot
    }
    found: dict[Key, list[Entry]] = defaultdict(list)
    for row in await connection.fetch(OF_SLOT, *columns(sorted(asked), 3), MAX_OF_SLOT) if asked else ():
        event = (0, row["wallet_id"], _decode_activity(row["payload"]), None)
        entry = booked_entry(event)
        for key in keys_of(event, entry):
            if key in rows and rows[key]["slot"] == entry.slot:
                found[key].append(entry)
    return found


class _Books:
    """The positions of one transaction, as they are booked."""

    def __init__(self, rows: Mapping[Key, Row], of_slot: Mapping[Key, Sequence[Entry]]) -> None:
        self.stale = {key for key, row in rows.items() if row["stale_at"] is not None}
        self._slots = {key: int(row["slot"]) for key, row in rows.items()}
        self._alerts = {key: int(row["alert_id"]) for key, row in rows.items()}
        """The latest of each, which may be decided before an earlier one."""
        self._of_slot = {key: [*of_slot.get(key, ())] for key in rows}
        """What is booked of the latest slot, as far as it is known."""
        self._ledger = Ledger(
            holdings={(account_of(key), key[2]): _decode_holding(row["state"]) for key, row in rows.items()}
        )

    def book(self, event: Event, entry: Entry) -> Outcome | None:
        """Book one alert; what comes out of turn makes its positions stale, and says nothing of them."""
        alert_id, wallet_id, activity, _ = event
        keys = keys_of(event, entry)
        self.stale |= {key for key in keys if not self._is_next(key, entry, activity.slot)}
        for key in keys:
            if self._slots.get(key, 0) < activity.slot:
                self._slots[key], self._of_slot[key] = activity.slot, []
            self._of_slot[key].append(entry)
            self._alerts[key] = max(self._alerts.get(key, 0), alert_id)
        outcomes = [
            outcome_after(self._ledger, booked, activity)
            for booked in self._ledger.book([entry])
            if (activity.chain, wallet_id, booked.mint) not in self.stale
        ]
        return next((one for one in outcomes if one is not None), None)

    def _is_next(self, key: Key, entry: Entry, slot: int) -> bool:
        """Return whether nothing later is booked: within a slot by places in the block, or by balances."""
        latest = self._slots.get(key, 0)
        if latest != slot:
            return latest < slot
        others, mint = self._of_slot[key], key[2]
        places = [one.position for one in others if one.position is not None]
        if entry.position is not None and others and len(places) == len(others):
            return max(places) <= entry.position
        if entry.pre is None or entry.post is None:
            return entry.position is None
        # It found what is held. If it left what another had found, it may have been before that one.
        found = {one.pre.get(mint, 0) for one in others if one.pre is not None}
        quantity = self._ledger.holding(account_of(key), mint).quantity
        return bool(others) and entry.pre.get(mint, 0) == quantity and entry.post.get(mint, 0) not in found

    def rows(self) -> list[tuple[object, ...]]:
        """The values of SAVE."""
        return [
            (*key, encoded(self._ledger.holding(account_of(key), key[2])), self._slots[key], alert_id)
            for key, alert_id in sorted(self._alerts.items())
        ]


def dated(activity: Activity, happened_at: datetime) -> Activity:
    """The activity with a time of its own, also where its source did not say one."""
    if activity.block_time is not None:
        return activity
    return msgspec.structs.replace(activity, block_time=int(happened_at.timestamp()))


def booked_entry(event: Event) -> Entry:
    """Return what the ledger reads of an event; for the ledger a wallet is named by its chain and id."""
    _, wallet_id, activity, usd = event
    return msgspec.structs.replace(
        entry_of(activity, usd), wallet=account_of((activity.chain, wallet_id, ""))
    )


def keys_of(event: Event, entry: Entry) -> list[Key]:
    """The positions of which an event says something."""
    return [(event[2].chain, event[1], mint) for mint in tokens_of(entry)]


def _key(row: Row) -> Key:
    return row["chain"], row["wallet_id"], row["mint"]


def account_of(key: Key) -> str:
    """The name that the ledger knows a position's wallet by."""
    return f"{key[0]}:{key[1]}"


def outcome_after(ledger: Ledger, booked: Booked, activity: Activity) -> Outcome | None:
    """Return what an alert says of a position that the ledger has booked just now; None: nothing.

    Args:
        ledger: as it is after the booking.
        booked: what it has booked.
        activity: the same event, whose legs have the decimals of the token.
    """
    holding = ledger.holding(booked.entry.wallet, booked.mint)
    return outcome_of(booked, holding, _decimals(activity, booked))


def _decimals(activity: Activity, booked: Booked) -> int | None:
    legs = (*activity.received, *activity.paid, *activity.from_order)
    return next((leg.decimals for leg in legs if leg.mint == booked.mint), None)


async def positions_of(
    database: Database, *, chain: str, wallets: Sequence[str]
) -> dict[str, dict[str, Holding]]:
    """The positions of wallets, by address and mint; what is to be booked again is left out.

    Args:
        database: it is only read.
        chain: of the wallets.
        wallets: addresses; each has an entry in the answer.
    """
    rows = await database.fetch(OF_WALLETS, chain, list(wallets))
    if len(rows) > _MANY:
        return await asyncio.to_thread(_by_wallet, wallets, rows)
    return _by_wallet(wallets, rows)


def _by_wallet(wallets: Sequence[str], rows: Sequence[Row]) -> dict[str, dict[str, Holding]]:
    found: dict[str, dict[str, Holding]] = {wallet: {} for wallet in wallets}
    for row in rows:
        found[row["address"]][row["mint"]] = _decode_holding(row["state"])
    return found
