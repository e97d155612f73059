"""The fan-out: makes deliveries of alerts, one for each watch of the wallet, in steps that may stop anywhere.

lock open alerts ──> their next watches ──> facts ──> gates decide ──> deliveries, and how far it came
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from domain.activity.activity import Activity
from domain.delivery.deliveries import first_state
from domain.rules.decisions import Decision
from domain.rules.gates import NO_FACTS, Facts
from domain.rules.lanes import Lane, coalesce, fair_queue_time, lane_of
from domain.rules.reasons import reasons_text
from domain.rules.tiers import NO_HOURLY_LIMITS, HourlyLimits, hourly_limit_of
from domain.rules.watches import Watch
from runtime.processes.failpoints import failpoint
from storage.chats.rules import read_settings
from storage.chats.watches import watch_of
from storage.delivery.hourly_count import alerts_this_hour
from storage.market.facts import facts_for, note_price
from storage.market.holdings import Asked, add_to_holdings, chats_that_own
from storage.postgres import Connection, Database, Row, columns

_ACTIVITY = msgspec.json.Decoder(Activity)
Decide = Callable[[Watch, "Alert"], Decision]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """An activity of a followed wallet, as PostgreSQL has it."""

    alert_id: int
    activity: Activity
    created_at: datetime
    """When it was stored."""
    now: datetime
    """The database's clock at the time of the fan-out."""
    happened_at: datetime
    """The block's time, or when it was stored."""
    facts: Facts = NO_FACTS
    """What the rules of its watches may ask for."""
    reverted: bool = False
    """Whether the activity died with its fork."""


# The commit does not wait for the disk (synchronous_commit off). A crash that undoes decisions leaves their
# alert open, and it undoes no message: a message follows a mark, the mark waits for the disk, and it comes
# later. SKIP LOCKED lets several dispatchers work beside each other, each on other alerts.
CLAIM_ALERTS = """
SELECT open.alert_id, open.wallet_id, open.payload, open.created_at, open.block_time,
       open.last_watch_id, open.watches_decided, open.coalesce_until, open.reverted_at,
       before.created_at AS before_at, before.coalesce_until AS before_until, now() AS now,
       set_config('synchronous_commit', 'off', true)
FROM alerts AS open LEFT JOIN LATERAL (
    SELECT created_at, coalesce_until FROM alerts AS earlier
    WHERE earlier.wallet_id = open.wallet_id AND earlier.alert_id < open.alert_id
    ORDER BY earlier.alert_id DESC LIMIT 1) AS before ON true
WHERE open.fanned_out_at IS NULL
ORDER BY open.alert_id LIMIT $1
FOR UPDATE OF open SKIP LOCKED
"""

# The next watches of each alert. LATERAL stops after `max_watches` of each, so that an alert with very many
# watches costs no more than its share.
WATCHES_OF_ALERTS = """
SELECT alert.id AS alert_id, watch.*
FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[])
  AS alert (id, wallet_id, last_id, max_watches)
CROSS JOIN LATERAL (
    SELECT watch_id, chat_id, topic_id, chain, address AS wallet, label, muted_until, watches.created_at,
           since_slot, closed_at IS NOT NULL AS chat_closed, watches.rules, chats.settings, tier
    FROM watches JOIN wallets USING (wallet_id) JOIN chats USING (chat_id)
    WHERE wallet_id = alert.wallet_id AND watch_id > alert.last_id
    ORDER BY watch_id LIMIT alert.max_watches) AS watch
ORDER BY alert.id, watch.watch_id
"""

INSERT_DELIVERIES = """
INSERT INTO deliveries (alert_id, chat_id, topic_id, watch_id, state, gate, lane, fair_queue_at,
    coalescing, due_at, reasons)
SELECT new.* FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[],
    $7::smallint[], $8::timestamptz[], $9::boolean[], $10::timestamptz[], $11::jsonb[]) AS new
ON CONFLICT DO NOTHING
"""

ADVANCE = """
UPDATE alerts SET last_watch_id = new.last, watches_decided = alerts.watches_decided + new.decided,
    coalesce_until = new.coalesce_until, fanned_out_at = CASE WHEN new.is_last THEN now() END
FROM unnest($1::bigint[], $2::bigint[], $3::int[], $4::timestamptz[], $5::boolean[])
  AS new (alert_id, last, decided, coalesce_until, is_last)
WHERE alerts.alert_id = new.alert_id
"""

AT_ONCE = 64
"""Alerts decided in one transaction, so that small ones need not wait until a large one is finished."""
FIRST = 250
"""Watches of an alert that are decided first, so that its first messages leave at once."""


@dataclass(slots=True, kw_only=True)
class _OpenAlert:
    """An alert that is being decided."""

    row: Row
    alert: Alert
    coalesce_until: datetime | None
    max_watches: int
    watches: list[Watch]
    owning_chats: frozenset[int] = frozenset()
    """Chats whose other wallets own a token of it."""

    @property
    def is_new(self) -> bool:
        """Whether no watch is decided yet."""
        return int(self.row["last_watch_id"]) == 0

    @property
    def is_last(self) -> bool:
        return len(self.watches) < self.max_watches

    def advance(self) -> tuple[int, int, int, datetime | None, bool]:
        last = self.watches[-1].watch_id if self.watches else self.row["last_watch_id"]
        return self.alert.alert_id, last, len(self.watches), self.coalesce_until, self.is_last


async def fan_out_next(
    database: Database,
    decide: Decide,
    *,
    limit: int = 2_000,
    coalesce_seconds: float = 0.0,
    hourly_limits: HourlyLimits = NO_HOURLY_LIMITS,
) -> int | None:
    """Decide the oldest open alerts, each for its next watches, in one transaction.

    A kill between two calls costs nothing: what was committed stays, and the next call decides the rest.

    Args:
        database: where alerts and watches stand.
        decide: the gates.
        limit: watches of one alert at most.
        coalesce_seconds: alerts of one wallet within this time wait to go in one message; 0: none waits.
        hourly_limits: messages of single alerts in an hour, by the tier of the chat.

    Returns:
        How many of the decisions were yes; None when no alert is open, or other dispatchers have them all.
    """

    async def work(connection: Connection) -> int | None:
        rows = await connection.fetch(CLAIM_ALERTS, AT_ONCE)
        if not rows:
            return None
        opened = _opened(rows, limit, coalesce_seconds)
        await _find_watches(connection, opened, hourly_limits)
        for one in opened:
            await _look_up(connection, one)
        await _find_owning_chats(connection, opened)
        wanted: Counter[int] = Counter()
        deliveries = [new for one in opened for new in _deliveries(one, decide, wanted)]
        await connection.execute(INSERT_DELIVERIES, *columns(deliveries, 11))
        await connection.execute(ADVANCE, *columns([one.advance() for one in opened], 5))
        failpoint("fan-out")
        return sum(delivery[4] == "pending" for delivery in deliveries)

    return await database.transaction(work)


def _opened(rows: Sequence[Row], limit: int, coalesce_seconds: float) -> list[_OpenAlert]:
    """The alerts, with how long each is coalesced, which follows from the alert of its wallet before it."""
    before: dict[int, tuple[datetime, datetime | None]] = {}
    opened = []
    for row in rows:
        wallet, at = row["wallet_id"], row["created_at"]
        stored = (row["before_at"], row["before_until"]) if row["before_at"] else None
        coalesce_until = row["coalesce_until"] or coalesce(at, before.get(wallet, stored), coalesce_seconds)
        before[wallet] = (at, coalesce_until)
        alert = _alert(row)
        max_watches = limit if row["last_watch_id"] else min(limit, FIRST)
        opened.append(
            _OpenAlert(
                row=row, alert=alert, coalesce_until=coalesce_until, max_watches=max_watches, watches=[]
            )
        )
    return opened


async def _find_watches(
    connection: Connection, opened: Sequence[_OpenAlert], hourly_limits: HourlyLimits
) -> None:
    asked = [
        (one.alert.alert_id, one.row["wallet_id"], one.row["last_watch_id"], one.max_watches)
        for one in opened
    ]
    by_alert = {one.alert.alert_id: one.watches for one in opened}
    rows = await connection.fetch(WATCHES_OF_ALERTS, *columns(asked, 4))
    limited = {row["chat_id"] for row in rows if _is_limited(row, hourly_limits)}
    counts = await alerts_this_hour(connection, limited)
    for row in rows:
        by_alert[row["alert_id"]].append(_watch(row, hourly_limits, counts))


def _is_limited(row: Row, hourly_limits: HourlyLimits) -> bool:
    own, tier = read_settings(row["settings"]).per_hour, hourly_limit_of(hourly_limits, row["tier"])
    return not (own is None and tier is None)


async def _find_owning_chats(connection: Connection, opened: Sequence[_OpenAlert]) -> None:
    """Add the new alerts to the holdings, and find which chats own a token of each alert."""
    await add_to_holdings(
        connection, [(one.row["wallet_id"], one.alert.activity) for one in opened if one.is_new]
    )
    asked = [
        Asked(
            wallet_id=one.row["wallet_id"],
            activity=one.alert.activity,
            chats=[watch.chat_id for watch in one.watches],
        )
        for one in opened
    ]
    for one, chats in zip(opened, await chats_that_own(connection, asked), strict=True):
        one.owning_chats = chats


async def _look_up(connection: Connection, one: _OpenAlert) -> None:
    """Find what the rules of its watches may ask for, and keep the price that the alert shows, if any."""
    alert = one.alert
    await note_price(connection, alert.activity, alert.happened_at)
    facts = await facts_for(
        connection,
        alert.activity,
        one.watches,
        happened_at=alert.happened_at,
        stored_at=alert.created_at,
    )
    one.alert = replace(alert, facts=facts)


async def open_alerts(database: Database) -> int:
    """The number of alerts that are not fanned out yet."""
    return int(await database.fetchval("SELECT count(*) FROM alerts WHERE fanned_out_at IS NULL"))


def _alert(row: Row) -> Alert:
    return Alert(
        alert_id=row["alert_id"],
        activity=_ACTIVITY.decode(row["payload"]),
        created_at=row["created_at"],
        now=row["now"],
        happened_at=row["block_time"],
        reverted=row["reverted_at"] is not None,
    )


_NewDelivery = tuple[int, int, int, int, str, str, int, datetime, bool, datetime, str | None]


def _deliveries(one: _OpenAlert, decide: Decide, wanted: Counter[int]) -> list[_NewDelivery]:
    """The rows of the decisions; `wanted` counts the alerts that each chat gets in this very transaction."""
    rows = []
    for number, watch in enumerate(one.watches, one.row["watches_decided"]):
        decision = decide(_counted(watch, wanted), one.alert)
        wanted[watch.chat_id] += decision.wanted
        rows.append(_delivery(one, watch, decision, number))
    return rows


def _delivery(one: _OpenAlert, watch: Watch, decision: Decision, position: int) -> _NewDelivery:
    """One row. An urgent delivery is never coalesced; it waits only where the chat asked for that."""
    lane = lane_of(one.alert.activity, is_owned=watch.chat_id in one.owning_chats)
    coalescing = decision.due_at is None and one.coalesce_until is not None and lane > Lane.URGENT
    due_at = decision.due_at or (one.coalesce_until if coalescing and one.coalesce_until else one.alert.now)
    return (
        one.alert.alert_id,
        watch.chat_id,
        watch.topic_id,
        watch.watch_id,
        first_state(decision).value,
        decision.gate.value,
        lane.value,
        fair_queue_time(due_at, position),
        coalescing,
        due_at,
        reasons_text(watch, one.alert.facts, decision),
    )


def _counted(watch: Watch, wanted: Counter[int]) -> Watch:
    """The watch with the alerts of this transaction counted in, where they may reach a limit."""
    number = watch.alerts_this_hour + wanted[watch.chat_id]
    limits = (watch.hourly_limit, watch.settings.per_hour)
    if all(limit is None or number < limit for limit in limits):
        return watch
    return replace(watch, alerts_this_hour=number)


def _watch(row: Row, hourly_limits: HourlyLimits, counts: Mapping[int, int]) -> Watch:
    values = dict(row)
    del values["alert_id"]
    limit = hourly_limit_of(hourly_limits, values.pop("tier"))
    return watch_of(values | {"hourly_limit": limit, "alerts_this_hour": counts.get(row["chat_id"], 0)})
