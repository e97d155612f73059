"""Records results of pushes together with the health of their webhooks."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.delivery.deliveries import DeliveryKind, DeliveryState
from domain.delivery.results import NO_WORDS, NOT_TRIED, DeliveryTransition
from domain.webhooks import MAX_PUSH_AGE, SLOW_SECONDS
from storage.delivery.deliveries import write_results
from storage.postgres import Connection, Database, affected, columns
from storage.pushes.claims import OPEN_WEBHOOKS
from storage.webhooks.closing import close_without_success

MAX_PAUSE = 60.0
"""Seconds that a webhook rests at most after a failure, if it does not ask for more."""

# Only what changes is written: nearly every push follows one that went well. $2: of whom more is to be noted
# than a success; $3: who is slow. In one order, so that two senders never wait for each other.
LOCK = """
SELECT webhook_id FROM webhooks
WHERE webhook_id = ANY($1::bigint[])
  AND (webhook_id = ANY($2::bigint[]) OR is_slow <> (webhook_id = ANY($3::bigint[]))
       OR failing_since IS NOT NULL OR last_error IS NOT NULL OR last_success_at IS NULL
       OR last_success_at < now() - interval '1 minute')
ORDER BY webhook_id FOR NO KEY UPDATE
"""
# A rest that lasts is kept: what was under way when the receiver asked for it ends it no sooner.
SUCCEEDED = """
UPDATE webhooks SET failing_since = NULL, failures = 0, last_error = NULL, last_success_at = now(),
    is_slow = new.is_slow,
    rests_until = nullif(greatest(rests_until, now(), now() + make_interval(secs => new.silence)), now())
FROM unnest($1::bigint[], $2::float8[], $3::boolean[]) AS new (webhook_id, silence, is_slow)
WHERE webhooks.webhook_id = new.webhook_id
"""
FAILED = """
UPDATE webhooks SET failing_since = coalesce(failing_since, now()), failures = failures + 1,
    last_error = new.error,
    rests_until = greatest(rests_until, now() + make_interval(
        secs => greatest(new.silence, least($4::float8, 2.0 ^ least(failures, 10)))))
FROM unnest($1::bigint[], $2::text[], $3::float8[]) AS new (webhook_id, error, silence)
WHERE webhooks.webhook_id = new.webhook_id
"""
# A test that fails is shown, and counts for nothing else.
TESTED = """
UPDATE webhooks SET last_error = new.error,
    rests_until = nullif(greatest(rests_until, now(), now() + make_interval(secs => new.silence)), now())
FROM unnest($1::bigint[], $2::text[], $3::float8[]) AS new (webhook_id, error, silence)
WHERE webhooks.webhook_id = new.webhook_id
"""
# They go next, once their webhooks have rested.
KEEP_PLACES = """
UPDATE deliveries SET was_pushed = true, due_at = least(due_at, created_at)
WHERE delivery_id = ANY($1::bigint[]) AND state = 'retry' AND lease_owner IS NULL
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
# A receiver that bears one try in a minute, and gets new events all the time, lets none climb its ladder.
END_AGED = """
UPDATE deliveries SET state = 'dead', error = 'not taken in 75 hours', finished_at = now(),
    lease_owner = NULL, lease_until = NULL
FROM webhooks
WHERE failing_since < now() - make_interval(secs => $1)
  AND channel = 'webhook' AND deliveries.address = webhooks.webhook_id::text AND state IN ('pending', 'retry')
  AND coalesce(replayed_at, deliveries.created_at) < now() - make_interval(secs => $1)
"""
WEBHOOKS_OF = """
SELECT delivery_id, address::bigint AS webhook_id FROM deliveries WHERE delivery_id = ANY($1::bigint[])
"""


async def record_pushes(database: Database, *, owner: str, transitions: Sequence[DeliveryTransition]) -> int:
    """Record what became of pushes that `owner` marked, and how their webhooks do; how many were its own.

    Args:
        database: one transaction.
        owner: who marked them; results of others' pushes are dropped.
        transitions: what follows from each answer; a push that was not tried says nothing of its webhook.
    """

    async def work(connection: Connection) -> int:
        number = await write_results(connection, owner=owner, transitions=transitions)
        await _note(connection, [one for one in transitions if _was_tried(one)])
        return number

    return await database.transaction(work)


async def end_orphans(database: Database) -> int:
    """End pushes for webhooks that are off or gone, and those that are too old; how many there were."""
    aged = affected(await database.execute(END_AGED, MAX_PUSH_AGE))
    return aged + affected(await database.execute(END_ORPHANS))


@dataclass(frozen=True, slots=True, kw_only=True)
class _WebhookAttempts:
    """The attempts of one batch for a webhook."""

    webhook_id: int
    is_well: bool
    has_failed: bool
    """At something else than a test."""
    error: str
    silence: float
    """The longest that it asked for, in seconds."""
    is_slow: bool


async def _note(connection: Connection, transitions: Sequence[DeliveryTransition]) -> None:
    """Whoever succeeded is well; the others rest a little, and those that had no success for days end."""
    rows = await connection.fetch(WEBHOOKS_OF, [one.delivery_id for one in transitions])
    of = {row["delivery_id"]: row["webhook_id"] for row in rows}
    by_webhook: dict[int, list[DeliveryTransition]] = {}
    for one in transitions:
        if one.delivery_id in of:
            by_webhook.setdefault(of[one.delivery_id], []).append(one)
    tried = [_tried(webhook_id, ones) for webhook_id, ones in by_webhook.items()]
    marked = [one.webhook_id for one in tried if one.silence > 0 or not one.is_well]
    slow = [one.webhook_id for one in tried if one.is_slow]
    locked = await connection.fetch(LOCK, list(by_webhook), marked, slow)
    changed = {row["webhook_id"] for row in locked}
    await _write(connection, [one for one in tried if one.webhook_id in changed])
    throttled = [one.delivery_id for one in transitions if one.is_throttled]
    if throttled:
        await connection.execute(KEEP_PLACES, throttled)


async def _write(connection: Connection, tried: Sequence[_WebhookAttempts]) -> None:
    well = [(one.webhook_id, one.silence, one.is_slow) for one in tried if one.is_well]
    failed = [one for one in tried if one.has_failed and not one.is_well]
    tested = [one for one in tried if not one.has_failed and not one.is_well]
    if well:
        await connection.execute(SUCCEEDED, *columns(well, 3))
    if tested:
        await connection.execute(TESTED, *columns([_words(one) for one in tested], 3))
    if failed:
        await connection.execute(FAILED, *columns([_words(one) for one in failed], 3), MAX_PAUSE)
        await close_without_success(connection, [one.webhook_id for one in failed])


def _tried(webhook_id: int, ones: Sequence[DeliveryTransition]) -> _WebhookAttempts:
    failures = [one for one in ones if one.state is not DeliveryState.SENT]
    return _WebhookAttempts(
        webhook_id=webhook_id,
        is_well=len(failures) < len(ones),
        has_failed=any(one.kind is not DeliveryKind.PUSH_TEST for one in failures),
        error=(failures[-1].error or "") if failures else "",
        silence=max(one.silence for one in ones),
        is_slow=any(one.seconds > SLOW_SECONDS for one in ones),
    )


def _words(one: _WebhookAttempts) -> tuple[int, str, float]:
    return one.webhook_id, one.error, one.silence


def _was_tried(one: DeliveryTransition) -> bool:
    """Return whether its receiver was tried; a fault of our own counts for nothing."""
    return one.error not in {NO_WORDS, NOT_TRIED} and (one.attempts > 0 or one.is_throttled)
