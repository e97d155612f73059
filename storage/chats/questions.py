"""Questions of people: stored once for an update, answered once, and enqueued again when a job is lost."""

from domain.jobs import MAX_ATTEMPTS, Question, QuestionKind
from storage.postgres import Database, Row, affected

LEASE_SECONDS = 45.0

ASK = """
INSERT INTO questions (update_id, kind, chat_id, topic_id, message_id, subject)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (update_id, kind) DO UPDATE SET message_id = excluded.message_id
RETURNING question_id
"""

# A worker answers one question at a time. If it has the lease already, the answer to that call did not
# arrive.
TAKE = """
UPDATE questions SET attempts = attempts + 1, lease_owner = $2,
    lease_until = now() + make_interval(secs => $3)
WHERE question_id = $1 AND state = 'open' AND (lease_until IS NULL OR lease_until < now() OR lease_owner = $2)
RETURNING question_id, kind, chat_id, topic_id, message_id, subject, attempts
"""

CLOSE = """
UPDATE questions SET state = $3, error = $4, finished_at = now(), lease_owner = NULL, lease_until = NULL
WHERE question_id = $1 AND lease_owner = $2
"""

RELEASE = """
UPDATE questions SET lease_owner = NULL, lease_until = NULL, attempts = attempts - $3,
    message_id = coalesce($4, message_id)
WHERE question_id = $1 AND lease_owner = $2
"""

UNLEASED = """
SELECT question_id, kind FROM questions
WHERE state = 'open' AND asked_at < now() - make_interval(secs => $1)
  AND (lease_until IS NULL OR lease_until < now())
ORDER BY question_id LIMIT 100
"""


async def ask(database: Database, question: Question, *, update_id: int) -> int:
    """Store a question, without its id and attempts; the id. An update that comes twice asks it once."""
    question_id: int = await database.fetchval(
        ASK,
        update_id,
        question.kind.value,
        question.chat_id,
        question.topic_id,
        question.message_id,
        question.subject,
    )
    return question_id


async def lease_question(database: Database, question_id: int, *, owner: str) -> Question | None:
    """Take the right to answer it; None: it is answered, or another worker has the right."""
    row = await database.fetchrow(TAKE, question_id, owner, LEASE_SECONDS)
    return None if row is None else _question(row)


async def close_question(
    database: Database, question_id: int, *, owner: str, error: str | None = None
) -> bool:
    """Store that it is answered, or given up with `error`; False if another worker has the lease."""
    state = "answered" if error is None else "failed"
    return affected(await database.execute(CLOSE, question_id, owner, state, error)) > 0


async def release_question(
    database: Database,
    question: Question,
    *,
    owner: str,
    refund_attempt: bool = False,
    message_id: int | None = None,
) -> bool:
    """End the lease of a question without an answer; whether it is tried again, up to MAX_ATTEMPTS times.

    Args:
        database: where questions stand.
        question: as it was leased.
        owner: of the lease.
        refund_attempt: nothing was wrong with the question, so the attempt does not count.
        message_id: what takes the place of its placeholder; None: the same as before.
    """
    if question.attempts >= MAX_ATTEMPTS and not refund_attempt:
        return False
    await database.execute(RELEASE, question.question_id, owner, int(refund_attempt), message_id)
    return True


async def unanswered_questions(database: Database, *, older_than: float) -> list[tuple[int, QuestionKind]]:
    """Open questions that are older than `older_than` seconds and that no worker has leased."""
    rows = await database.fetch(UNLEASED, older_than)
    return [(row["question_id"], QuestionKind(row["kind"])) for row in rows]


def _question(row: Row) -> Question:
    return Question(**{**dict(row), "kind": QuestionKind(row["kind"])})
