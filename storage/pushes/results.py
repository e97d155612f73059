"""What became of pushes, recorded together with how their webhooks do."""

from collections.abc import Sequence

from domain.delivery.deliveries import DeliveryKind, DeliveryState
from domain.delivery.results import NO_WORDS, NOT_TRIED, DeliveryTransition
from domain.webhooks import MIN_TRIES_OFF
from storage.delivery.deliveries import write_results
from storage.postgres import Connection, Database, affected, columns
from storage.pushes.claims import OPEN_WEBHOOKS
from storage.webhooks.webhooks import close_without_success

MAX_PAUSE = 60.0
"""Seconds that a webhook rests at most after a failure, if it does not ask for more."""

# In one order, so that two senders never wait for each other.
LOCK = "SELECT FROM webhooks WHERE webhook_id = ANY($1::bigint[]) ORDER BY webhook_id FOR NO KEY UPDATE"

# Only what changes is written: nearly every push follows one that went well.
SUCCEEDED = """
UPDATE webhooks SET failing_since = NULL, failures = 0, rests_until = NULL, last_success_at = now()
WHERE webhook_id = ANY($1::bigint[])
  AND (failing_since IS NOT NULL OR last_success_at IS NULL OR last_success_at < now() - interval '1 minute')
"""
FAILED = """
UPDATE webhooks SET failing_since = coalesce(failing_since, now()), failures = failures + 1,
    last_error = new.error,
    rests_until = greatest(rests_until, now() + make_interval(
        secs => greatest(new.silence, least($4::float8, 2.0 ^ least(failures, 10)))))
FROM unnest($1::bigint[], $2::text[], $3::float8[]) AS new (webhook_id, error, silence)
WHERE webhooks.webhook_id = new.webhook_id
"""
# What was committed while its webhook went off, and what corrects an older push.
END_ORPHANS = f"""
WITH RECURSIVE {OPEN_WEBHOOKS}, gone AS (
    SELECT address FROM open WHERE address IS NOT NULL AND NOT EXISTS (
        SELECT FROM webhooks WHERE webhook_id = address::bigint AND off_at IS NULL)
)
UPDATE deliveries SET state = 'dead', error = 'the webhook is off', finished_at = now(),
    lease_owner = NULL, lease_until = NULL
FROM gone
WHERE channel = 'webhook' AND deliveries.address = gone.address AND state IN ('pending', 'retry')
"""  # noqa: S608 - the part put in is a constant
WEBHOOKS_OF = """
SELECT delivery_id, address::bigint AS webhook_id FROM deliveries WHERE delivery_id = ANY($1::bigint[])
"""


async def record_pushes(database: Database, *, owner: str, transitions: Sequence[DeliveryTransition]) -> int:
    """Record what became of pushes that `owner` marked, and how their webhooks do; how many were its own."""

    async def work(connection: Connection) -> int:
        number = await write_results(connection, owner=owner, transitions=transitions)
        await _note(connection, [one for one in transitions if _says_something(one)])
        return number

    return await database.transaction(work)


async def end_orphans(database: Database) -> int:
    """End pushes for webhooks that are off or gone; how many there were."""
    return affected(await database.execute(END_ORPHANS))


async def _note(connection: Connection, transitions: Sequence[DeliveryTransition]) -> None:
    """Whoever succeeded is well; the others rest a little, and those that had no success for days end."""
    rows = await connection.fetch(WEBHOOKS_OF, [one.delivery_id for one in transitions])
    of = {row["delivery_id"]: row["webhook_id"] for row in rows}
    known = [(of[one.delivery_id], one) for one in transitions if one.delivery_id in of]
    well = {webhook for webhook, one in known if one.state is DeliveryState.SENT}
    failed = {webhook: one for webhook, one in known if webhook not in well}
    await connection.execute(SUCCEEDED, list(well))
    if not failed:
        return
    await connection.execute(LOCK, list(failed))
    rows_of_failed = [(webhook, one.error or "", one.silence) for webhook, one in failed.items()]
    await connection.execute(FAILED, *columns(rows_of_failed, 3), MAX_PAUSE)
    tried = [webhook for webhook, one in failed.items() if one.attempts >= MIN_TRIES_OFF]
    if tried:
        await close_without_success(connection, tried)


def _says_something(one: DeliveryTransition) -> bool:
    """Whether its receiver was tried; a test that fails counts for nothing, nor does a fault of our own."""
    is_ours = one.error in {NO_WORDS, NOT_TRIED}
    is_failed_test = one.kind is DeliveryKind.PUSH_TEST and one.state is not DeliveryState.SENT
    return one.attempts > 0 and not is_ours and not is_failed_test
