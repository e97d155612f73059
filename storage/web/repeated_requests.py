"""Idempotent requests: a repeated change gets the answer of the first."""

from dataclasses import dataclass
from enum import Enum, auto

from storage.postgres import Database

WORK_SECONDS = 60
"""A request that has not ended after this long was cut off; the next one may try."""

# One request begins the work; another one with the same name finds its row.
BEGIN = """
INSERT INTO idempotent_requests (caller, name, request_hash) VALUES ($1, $2, $3)
ON CONFLICT (caller, name) DO UPDATE SET created_at = now()
WHERE idempotent_requests.status IS NULL AND idempotent_requests.request_hash = $3
  AND idempotent_requests.created_at < now() - make_interval(secs => $4)
RETURNING true
"""
READ = "SELECT request_hash, status, answer FROM idempotent_requests WHERE caller = $1 AND name = $2"
END = "UPDATE idempotent_requests SET status = $3, answer = $4 WHERE caller = $1 AND name = $2"
FORGET = "DELETE FROM idempotent_requests WHERE caller = $1 AND name = $2 AND status IS NULL"


class Earlier(Enum):
    """Why a request is not to be carried out."""

    IN_WORK = auto()
    OTHER = auto()
    """The same name stands for another request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAnswer:
    """The stored answer of the first of several equal requests."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestName:
    """What makes a request the same as another one."""

    caller: str
    name: str
    request_hash: bytes
    """Of method, path and body."""


async def begin(database: Database, request: RequestName) -> StoredAnswer | Earlier | None:
    """Begin a request; None: it is to be carried out, and `end` or `forget` follows."""
    begun = await database.fetchval(BEGIN, request.caller, request.name, request.request_hash, WORK_SECONDS)
    if begun:
        return None
    row = await database.fetchrow(READ, request.caller, request.name)
    if row is None:
        return Earlier.IN_WORK
    if bytes(row["request_hash"]) != request.request_hash:
        return Earlier.OTHER
    if row["status"] is None:
        return Earlier.IN_WORK
    return StoredAnswer(status=row["status"], body=bytes(row["answer"]))


async def end(database: Database, request: RequestName, answer: StoredAnswer) -> None:
    """Keep the answer for those who ask again.

    Args:
        database: one statement, committed by itself.
        request: as `begin` noted it.
        answer: status and body, exactly as the first caller gets them.
    """
    await database.execute(END, request.caller, request.name, answer.status, answer.body)


async def forget(database: Database, request: RequestName) -> None:
    """The request was not carried out: the caller again tries again."""
    await database.execute(FORGET, request.caller, request.name)
