"""The fan-out: makes deliveries of alerts, one for each watch of the wallet, in steps that may stop anywhere.

lock open alerts ──> their next watches ──> facts ──> gates decide ──> deliveries, and how far it came
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from domain.rules.tiers import NO_HOURLY_LIMITS, HourlyLimits, hourly_limit_of
from domain.rules.watches import Watch
from runtime.processes.failpoints import failpoint
from storage.chats.rules import read_settings
from storage.chats.watches import watch_of
from storage.delivery.event_facts import facts_of, learn_from, owning_chats
from storage.delivery.hourly_count import alerts_this_hour
from storage.delivery.new_deliveries import Decide, DecidedAlert, insert_deliveries, new_deliveries
from storage.delivery.open_alerts import Alert, OpenAlert, advance, lock_open_alerts
from storage.postgres import Connection, Database, Row, columns

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
        opened = await lock_open_alerts(connection, limit=limit, coalesce_seconds=coalesce_seconds)
        if not opened:
            return None
        decided = await _with_watches(connection, opened, hourly_limits)
        wanted: Counter[int] = Counter()
        deliveries = [row for one in decided for row in new_deliveries(one, decide, wanted)]
        await insert_deliveries(connection, deliveries)
        await advance(connection, [(one.opened, one.watch_ids) for one in decided])
        failpoint("fan-out")
        return sum(wanted.values())

    return await database.transaction(work)


async def _with_watches(
    connection: Connection, opened: Sequence[OpenAlert], hourly_limits: HourlyLimits
) -> list[DecidedAlert]:
    """The alerts with their next watches, and with all that decides about these."""
    watches = await _next_watches(connection, opened, hourly_limits)
    alerts = [
        await _with_facts(connection, one.alert, of_alert)
        for one, of_alert in zip(opened, watches, strict=True)
    ]
    await learn_from(connection, [(one.wallet_id, one.alert) for one in opened if one.is_new])
    asked = [(one.wallet_id, one.alert, of_alert) for one, of_alert in zip(opened, watches, strict=True)]
    owning = await owning_chats(connection, asked)
    return [
        DecidedAlert(opened=one, alert=alert, watches=of_alert, owning_chats=chats)
        for one, alert, of_alert, chats in zip(opened, alerts, watches, owning, strict=True)
    ]


async def _next_watches(
    connection: Connection, opened: Sequence[OpenAlert], hourly_limits: HourlyLimits
) -> list[list[Watch]]:
    """The watches of each alert that are decided next."""
    asked = [(one.alert.alert_id, one.wallet_id, one.last_watch_id, one.max_watches) for one in opened]
    rows = await connection.fetch(WATCHES_OF_ALERTS, *columns(asked, 4))
    limited = {row["chat_id"] for row in rows if _is_limited(row, hourly_limits)}
    counts = await alerts_this_hour(connection, limited)
    by_alert: dict[int, list[Watch]] = {one.alert.alert_id: [] for one in opened}
    for row in rows:
        by_alert[row["alert_id"]].append(_watch(row, hourly_limits, counts))
    return [by_alert[one.alert.alert_id] for one in opened]


def _is_limited(row: Row, hourly_limits: HourlyLimits) -> bool:
    own, tier = read_settings(row["settings"]).per_hour, hourly_limit_of(hourly_limits, row["tier"])
    return not (own is None and tier is None)


async def _with_facts(connection: Connection, alert: Alert, watches: Sequence[Watch]) -> Alert:
    """The alert with the facts that the rules of its watches may ask for."""
    return replace(alert, facts=await facts_of(connection, alert, watches))


def _watch(row: Row, hourly_limits: HourlyLimits, counts: Mapping[int, int]) -> Watch:
    values = dict(row)
    del values["alert_id"]
    limit = hourly_limit_of(hourly_limits, values.pop("tier"))
    return watch_of(values | {"hourly_limit": limit, "alerts_this_hour": counts.get(row["chat_id"], 0)})
