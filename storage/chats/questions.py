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

LEASE_SECONDS = 45.0

ASK = """
INSERT INTO questions (update_id, kind, chat_id, topic_id, message_id, subject, receiver_id)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (update_id, kind) DO UPDATE
    SET message_id = excluded.message_id, receiver_id = excluded.receiver_id
RETURNING question_id
"""

# Chats take turns: the first question of each comes before the second of any. If a worker has the lease of
# one that it does not have in work, the answer to that call did not arrive.
CLAIM = """
WITH due AS (
    SELECT question_id, row_number() OVER (PARTITION BY chat_id ORDER BY question_id) AS turn
    FROM questions
    WHERE state = 'open' AND kind = ANY($1::text[]) AND due_at <= now()
      AND (lease_until IS NULL OR lease_until < now() OR lease_owner = $2)
      AND question_id <> ALL($5::bigint[])
), claimed AS (
    SELECT question_id FROM questions JOIN due USING (question_id)
    WHERE state = 'open' AND (lease_until IS NULL OR lease_until < now() OR lease_owner = $2)
    ORDER BY turn, question_id LIMIT $4 FOR UPDATE OF questions SKIP LOCKED
)
UPDATE questions SET attempts = attempts + 1, lease_owner = $2,
    lease_until = now() + make_interval(secs => $3)
FROM claimed WHERE questions.question_id = claimed.question_id
RETURNING questions.question_id, kind, chat_id, topic_id, message_id, subject, attempts, update_id,
    receiver_id,
    coalesce((SELECT settings #>> '{display,language}' FROM chats
        WHERE chats.chat_id = questions.chat_id), '') AS language,
    coalesce((SELECT settings #>> '{display,numbers}' FROM chats
        WHERE chats.chat_id = questions.chat_id), '') AS numbers
"""

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

# Of a day; an index has the open ones, another one the finished.
COUNTS = """
SELECT kind, count(*) FILTER (WHERE state = 'open' AND is_leased IS NOT TRUE) AS waiting,
    count(*) FILTER (WHERE state = 'open' AND is_leased) AS running,
    count(*) FILTER (WHERE state = 'answered') AS done, count(*) FILTER (WHERE state = 'failed') AS failed,
    coalesce(max(extract(epoch FROM now() - asked_at)) FILTER (WHERE state = 'open'), 0)::float8 AS oldest
FROM (
    SELECT kind, state, asked_at, lease_until > now() AS is_leased FROM questions WHERE state = 'open'
    UNION ALL
    SELECT kind, state, asked_at, NULL FROM questions
    WHERE state <> 'open' AND finished_at > now() - interval '24 hours'
) AS question
GROUP BY kind
"""


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
