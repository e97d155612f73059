"""Questions of people: stored once for an update, answered once, and enqueued again when a job is lost."""

from collections.abc import Collection

from domain.jobs import (
    QUESTION_QUEUES,
    Question,
    QuestionCounts,
    QuestionKind,
    Queue,
    rules_of_kind,
)
from storage.postgres import Database, Row, affected
from storage.sql_files import read_statement

LEASE_SECONDS = 45.0

ASK = """
INSERT INTO questions (update_id, kind, chat_id, topic_id, message_id, subject, receiver_id)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (update_id, kind) DO UPDATE
    SET message_id = excluded.message_id, receiver_id = excluded.receiver_id
RETURNING question_id
"""

CLAIM = read_statement(__name__, "CLAIM")

CLOSE = """
UPDATE questions SET state = $3, error = $4, finished_at = now(), lease_owner = NULL, lease_until = NULL
WHERE question_id = $1 AND lease_owner = $2
"""

RELEASE = """
UPDATE questions SET lease_owner = NULL, lease_until = NULL, attempts = attempts - $3,
    message_id = coalesce($4, message_id), due_at = now() + make_interval(secs => $5)
WHERE question_id = $1 AND lease_owner = $2
"""

UNLEASED = """
SELECT question_id, kind FROM questions
WHERE state = 'open' AND asked_at < now() - make_interval(secs => $1) AND due_at <= now()
  AND (lease_until IS NULL OR lease_until < now())
ORDER BY question_id LIMIT 100
"""

COUNTS = read_statement(__name__, "COUNTS")


async def ask(database: Database, question: Question, *, update_id: int) -> int:
    """Store a question, without its id and attempts; the id. An update that comes twice asks it once.

    Args:
        database: one statement, committed by itself.
        question: its chat, topic, kind, subject, receiver, and the message in whose place the answer comes.
        update_id: of the request; with the kind it makes the question unique.
    """
    question_id: int = await database.fetchval(
        ASK,
        update_id,
        question.kind.value,
        question.chat_id,
        question.topic_id,
        question.message_id,
        question.subject,
        question.receiver_id,
    )
    return question_id


async def claim_questions(
    database: Database,
    kinds: Collection[QuestionKind],
    *,
    owner: str,
    limit: int,
    in_work: Collection[int] = (),
) -> list[Question]:
    """Take the right to answer questions that are due; nobody else gets them while the lease lasts.

    Args:
        database: where questions are stored.
        kinds: of them.
        owner: of the leases.
        limit: how many, at most.
        in_work: those that the owner has claimed before and works on.
    """
    names = [kind.value for kind in kinds]
    rows = await database.fetch(CLAIM, names, owner, LEASE_SECONDS, limit, list(in_work))
    return [_question(row) for row in rows]


async def close_question(
    database: Database, question_id: int, *, owner: str, error: str | None = None
) -> bool:
    """Store that it is answered, or given up with `error`; False if another worker has the lease.

    Args:
        database: one statement, committed by itself.
        question_id: one that `owner` has claimed.
        owner: must have the lease still, since another worker may have taken the question over.
        error: why nobody answers it; None: it is answered.
    """
    state = "answered" if error is None else "failed"
    return affected(await database.execute(CLOSE, question_id, owner, state, error)) > 0


async def release_question(
    database: Database,
    question: Question,
    *,
    owner: str,
    wait: float = 0.0,
    refund_attempt: bool = False,
    message_id: int | None = None,
) -> bool:
    """End the lease of a question without an answer; whether it is tried again, as often as its queue tries.

    Args:
        database: where questions are stored.
        question: as it was leased.
        owner: of the lease.
        wait: seconds before which nobody tries it again.
        refund_attempt: nothing was wrong with the question, so the attempt does not count.
        message_id: what takes the place of its placeholder; None: the same as before.
    """
    if question.attempts >= rules_of_kind(question.kind).attempts and not refund_attempt:
        return False
    await database.execute(RELEASE, question.question_id, owner, int(refund_attempt), message_id, wait)
    return True


async def unanswered_questions(database: Database, *, older_than: float) -> list[tuple[int, QuestionKind]]:
    """Open questions that are due, older than `older_than` seconds, and that no worker has leased."""
    rows = await database.fetch(UNLEASED, older_than)
    return [(row["question_id"], QuestionKind(row["kind"])) for row in rows]


async def counts_by_queue(database: Database) -> dict[Queue, QuestionCounts]:
    """Return what waits, is in work, and was done within 24 hours, of each queue that answers questions."""
    counts = {queue: QuestionCounts() for queue in QUESTION_QUEUES.values()}
    for row in await database.fetch(COUNTS):
        queue = QUESTION_QUEUES[QuestionKind(row["kind"])]
        counts[queue] = _added(counts[queue], row)
    return counts


def _added(counts: QuestionCounts, row: Row) -> QuestionCounts:
    return QuestionCounts(
        waiting=counts.waiting + row["waiting"],
        running=counts.running + row["running"],
        done=counts.done + row["done"],
        failed=counts.failed + row["failed"],
        oldest_seconds=max(counts.oldest_seconds, row["oldest"]),
    )


def _question(row: Row) -> Question:
    return Question(**{**dict(row), "kind": QuestionKind(row["kind"])})
