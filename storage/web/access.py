"""HTTP credentials: one-time sign-in tokens, sessions and API keys. Only hashes are stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.access import ApiKey, Scope
from domain.chats import ChatKind, ChatTarget
from storage.postgres import Connection, Database, Row, affected

MAX_KEYS = 20
"""Of one person."""

OFFER = """
INSERT INTO sign_in_tokens (token_hash, user_id, expires_at)
VALUES ($1, $2, now() + make_interval(secs => $3)) ON CONFLICT DO NOTHING
"""

# A token opens one session, however often it is sent, and none once it has expired.
USE = """
WITH used AS (
    UPDATE sign_in_tokens SET used_at = now()
    WHERE token_hash = $1 AND used_at IS NULL AND expires_at > now() RETURNING user_id)
INSERT INTO web_sessions (session_hash, user_id, expires_at)
SELECT $2, user_id, now() + make_interval(secs => $3) FROM used RETURNING user_id
"""

# What somebody proves by a signature of others is accepted once: the second time its hash is there already.
ACCEPT = """
WITH first AS (
    INSERT INTO sign_in_tokens (token_hash, user_id, expires_at, used_at)
    VALUES ($1, $2, now() + make_interval(secs => $3), now()) ON CONFLICT DO NOTHING RETURNING user_id)
INSERT INTO web_sessions (session_hash, user_id, expires_at)
SELECT $4, user_id, now() + make_interval(secs => $5) FROM first RETURNING user_id
"""

SESSION = """
SELECT user_id FROM web_sessions WHERE session_hash = $1 AND expires_at > now()
  AND NOT EXISTS (SELECT FROM bans WHERE bans.user_id = web_sessions.user_id)
"""

_KEY = """
api_keys.key_id, api_keys.prefix, api_keys.name, api_keys.owner_id, api_keys.chat_id, api_keys.topic_id,
api_keys.scopes, api_keys.created_at, api_keys.expires_at, api_keys.last_used_at, chats.kind, chats.title
"""
# ruff: noqa: S608 - the part put in is the constant above
# That a key was used is noted once in five minutes: a busy key would write a row for each request.
KEY = f"""
WITH found AS (
    SELECT {_KEY} FROM api_keys JOIN chats USING (chat_id)
    WHERE key_hash = $1 AND (expires_at IS NULL OR expires_at > now())
      AND NOT EXISTS (SELECT FROM bans WHERE bans.user_id = owner_id)),
noted AS (
    UPDATE api_keys SET last_used_at = now() FROM found
    WHERE api_keys.key_id = found.key_id
      AND (api_keys.last_used_at IS NULL OR api_keys.last_used_at < now() - interval '5 minutes'))
SELECT * FROM found
"""

# One after the other, so that two requests together make no key too many.
ONE_BY_ONE = "SELECT pg_advisory_xact_lock(hashtext('api keys'), hashint8($1))"
ADD = f"""
WITH api_keys AS (
    INSERT INTO api_keys (key_hash, prefix, owner_id, chat_id, topic_id, name, scopes, expires_at)
    SELECT $1, $2, $3, $4, $5, $6, $7, now() + make_interval(days => $8)
    WHERE (SELECT count(*) FROM api_keys
           WHERE owner_id = $3 AND (expires_at IS NULL OR expires_at > now())) < $9
    RETURNING *)
SELECT {_KEY} FROM api_keys JOIN chats USING (chat_id)
"""

KEYS_OF = f"""
SELECT {_KEY} FROM api_keys JOIN chats USING (chat_id)
WHERE owner_id = $1 AND (expires_at IS NULL OR expires_at > now()) ORDER BY key_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A key to be made."""

    key_hash: bytes
    prefix: str
    name: str
    owner_id: int
    target: ChatTarget
    scopes: frozenset[Scope]
    days: int | None = None
    """How long it holds; None: forever."""


async def offer_sign_in(database: Database, *, token_hash: bytes, user_id: int, seconds: int) -> None:
    """Store a one-time token that signs in as this person within these seconds.

    Args:
        database: one statement, committed by itself.
        token_hash: SHA-256 of the token; the token itself is in the link alone.
        user_id: as whom it signs in.
        seconds: from now on, on the clock of PostgreSQL.
    """
    await database.execute(OFFER, token_hash, user_id, seconds)


async def use_sign_in(
    database: Database, *, token_hash: bytes, session_hash: bytes, seconds: int
) -> int | None:
    """Open a session for a token that was offered; whose it is, None: it is unknown, used or too old.

    Args:
        database: one statement, so that two requests with one token open one session.
        token_hash: SHA-256 of the token that was shown.
        session_hash: SHA-256 of a new random session key, for the cookie.
        seconds: the life of the session.
    """
    user_id: int | None = await database.fetchval(USE, token_hash, session_hash, seconds)
    return user_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What others have signed of a person, as a Mini App's start."""

    proof_hash: bytes
    user_id: int
    seconds: int
    """How long the proof could be shown again; so long its hash is kept."""


async def accept_proof(database: Database, proof: Proof, *, session_hash: bytes, seconds: int) -> int | None:
    """Open a session for a proof that was never shown before; whose it is, None: it was.

    Args:
        database: one statement, so that a copied proof opens no second session.
        proof: its signature was checked by the caller.
        session_hash: SHA-256 of a new random session key, for the cookie.
        seconds: the life of the session.
    """
    user_id: int | None = await database.fetchval(
        ACCEPT, proof.proof_hash, proof.user_id, proof.seconds, session_hash, seconds
    )
    return user_id


async def session_user(database: Database, session_hash: bytes) -> int | None:
    """The person of an open session who is not banned."""
    user_id: int | None = await database.fetchval(SESSION, session_hash)
    return user_id


async def end_session(database: Database, session_hash: bytes) -> bool:
    """End one session; return whether there was one."""
    return (
        affected(await database.execute("DELETE FROM web_sessions WHERE session_hash = $1", session_hash)) > 0
    )


async def add_key(database: Database, new: NewKey, *, limit: int = MAX_KEYS) -> ApiKey | None:
    """Store a key; None: its owner has as many as they may have, `limit`.

    Args:
        database: one transaction, which counts the owner's keys under a lock.
        new: the hash and the first characters of the key; days of life, or None: it does not expire.
        limit: never more than MAX_KEYS.
    """

    async def work(connection: Connection) -> Row | None:
        await connection.execute(ONE_BY_ONE, new.owner_id)
        return await connection.fetchrow(
            ADD,
            new.key_hash,
            new.prefix,
            new.owner_id,
            new.target.chat_id,
            new.target.topic_id,
            new.name,
            sorted(new.scopes),
            new.days,
            min(limit, MAX_KEYS),
        )

    row = await database.transaction(work)
    return None if row is None else _key(row)


async def key_of(database: Database, key_hash: bytes) -> ApiKey | None:
    """The key of a secret; None: unknown, expired, deleted, or its owner is banned."""
    row = await database.fetchrow(KEY, key_hash)
    return None if row is None else _key(row)


async def keys_of(database: Database, owner_id: int) -> Sequence[ApiKey]:
    """The keys of a person that hold, oldest first."""
    return [_key(row) for row in await database.fetch(KEYS_OF, owner_id)]


async def delete_key(database: Database, *, key_id: int, owner_id: int) -> bool:
    """Delete a key of this person; return whether there was one.

    Args:
        database: one statement, committed by itself.
        key_id: any number; it counts only as a key of `owner_id`.
        owner_id: user id of who asks.
    """
    return (
        affected(
            await database.execute(
                "DELETE FROM api_keys WHERE key_id = $1 AND owner_id = $2", key_id, owner_id
            )
        )
        > 0
    )


def _key(row: Row) -> ApiKey:
    expires_at: datetime | None = row["expires_at"]
    return ApiKey(
        key_id=row["key_id"],
        prefix=row["prefix"],
        name=row["name"],
        owner_id=row["owner_id"],
        target=ChatTarget(
            chat_id=row["chat_id"], kind=ChatKind(row["kind"]), title=row["title"], topic_id=row["topic_id"]
        ),
        scopes=frozenset(Scope(scope) for scope in row["scopes"]),
        created_at=row["created_at"],
        expires_at=expires_at,
        last_used_at=row["last_used_at"],
    )
