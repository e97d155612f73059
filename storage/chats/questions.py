"""Slow questions of people: asked once per update, answered once, asked again when a job is lost."""

from domain.jobs import QuestionKind
from domain.questions import MAX_TRIES, Question
from storage.postgres import Database, Row, affected

LEASE_SECONDS = 45.0

ASK = """
INSERT INTO questions (update_id, kind, chat_id, topic_id, message_id, subject)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (update_id, kind) DO UPDATE SET message_id = excluded.message_id
RETURNING question_id
"""

# A worker answers one question at a time: one that it holds was taken by a call whose answer was lost.
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

FORGOTTEN = """
SELECT question_id, kind FROM questions
WHERE state = 'open' AND asked_at < now() - make_interval(secs => $1)
  AND (lease_until IS NULL OR lease_until < now())
ORDER BY question_id LIMIT 100
"""


async def ask(database: Database, question: Question, *, update_id: int) -> int:
    """Store a question (its id and attempts do not count); the same update asks it once."""
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


async def take_question(database: Database, question_id: int, *, owner: str) -> Question | None:
    """The right to answer; None when it is answered or somebody is at it."""
    row = await database.fetchrow(TAKE, question_id, owner, LEASE_SECONDS)
    return None if row is None else _question(row)


async def close_question(
    database: Database, question_id: int, *, owner: str, error: str | None = None
) -> bool:
    """Answered, or given up with `error`; False if the lease had gone to another."""
    state = "answered" if error is None else "failed"
    return affected(await database.execute(CLOSE, question_id, owner, state, error)) > 0


async def give_back_question(database: Database, question: Question, *, owner: str) -> bool:
    """Could not be answered now: it is tried again, until MAX_TRIES; True if there will be another try."""
    if question.attempts >= MAX_TRIES:
        return False
    await database.execute(
        "UPDATE questions SET lease_owner = NULL, lease_until = NULL"
        " WHERE question_id = $1 AND lease_owner = $2",
        question.question_id,
        owner,
    )
    return True


async def forgotten_questions(database: Database, *, older_than: float) -> list[tuple[int, QuestionKind]]:
    """Open questions, asked more than `older_than` seconds ago, that nobody works on."""
    rows = await database.fetch(FORGOTTEN, older_than)
    return [(row["question_id"], QuestionKind(row["kind"])) for row in rows]


def _question(row: Row) -> Question:
    return Question(**{**dict(row), "kind": QuestionKind(row["kind"])})
