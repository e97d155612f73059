"""Webhooks as rows: made, changed, switched off and deleted; addresses and secrets are sealed in them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from domain.webhooks import (
    MAX_OLD_SECRETS,
    ROTATION_HOURS,
    SECRET_BYTES,
    Endpoint,
    Webhook,
    WebhookForm,
)
from storage.postgres import Connection, Database, Row
from storage.sealing import Sealer

URL, SECRET, OLD_SECRET = "webhooks.url", "webhooks.secret", "webhooks.old_secret"
_MAX_OPENED = 4_096

_COLUMNS = """webhook_id, chat_id, owner_id, form, host, created_at, off_at, off_reason, failing_since,
rests_until, last_success_at, last_error,
CASE WHEN old_secret_until > now() THEN old_secret_until END AS old_secret_until"""

# ruff: noqa: S608 - the parts put in are the constants above
LOCK = "SELECT FROM chats WHERE chat_id = $1 FOR NO KEY UPDATE"
COUNT = "SELECT count(*) FROM webhooks WHERE chat_id = $1"
NEXT_ID = "SELECT nextval(pg_get_serial_sequence('webhooks', 'webhook_id'))"
ADD = f"""
INSERT INTO webhooks (webhook_id, chat_id, owner_id, form, host, url, secret)
VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING {_COLUMNS}
"""
OF_CHAT = f"SELECT {_COLUMNS} FROM webhooks WHERE chat_id = $1 ORDER BY webhook_id"
ONE = f"SELECT {_COLUMNS} FROM webhooks WHERE chat_id = $1 AND webhook_id = $2"
MOVE = """
UPDATE webhooks SET url = $3, host = $4, form = $5, failing_since = NULL, failures = 0, rests_until = NULL,
    last_error = NULL
WHERE chat_id = $1 AND webhook_id = $2
"""
SWITCH_ON = """
UPDATE webhooks SET off_at = NULL, off_reason = NULL, failing_since = NULL, failures = 0,
    rests_until = CASE WHEN rests_until > now() THEN rests_until END, owner_id = $3, owner_checked_at = now()
WHERE chat_id = $1 AND webhook_id = $2 AND off_at IS NOT NULL
"""
SWITCH_OFF = """
UPDATE webhooks SET off_at = now(), off_reason = $2, old_secret = NULL, old_secret_until = NULL
WHERE webhook_id = $1 AND off_at IS NULL RETURNING chat_id, host
"""
# What waits ends, and may be replayed by hand. What is under way now is recorded as it comes.
END_PUSHES = """
UPDATE deliveries SET state = 'dead', error = 'the webhook was switched off', finished_at = now(),
    lease_owner = NULL, lease_until = NULL
WHERE channel = 'webhook' AND address = $1 AND state IN ('pending', 'retry')
"""
DELETE = "DELETE FROM webhooks WHERE chat_id = $1 AND webhook_id = $2 RETURNING webhook_id"
FOR_ROTATION = """
SELECT secret, CASE WHEN old_secret_until > now() THEN old_secret END AS old_secret FROM webhooks
WHERE chat_id = $1 AND webhook_id = $2 FOR UPDATE
"""
ROTATE = f"""
UPDATE webhooks SET secret = $3, old_secret = $4, old_secret_until = now() + make_interval(hours => $5)
WHERE chat_id = $1 AND webhook_id = $2 RETURNING {_COLUMNS}
"""
ENDPOINTS = """
SELECT webhook_id, form, url, secret, CASE WHEN old_secret_until > now() THEN old_secret END AS old_secret
FROM webhooks WHERE webhook_id = ANY($1::bigint[])
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWebhook:
    """A requested webhook; its repr shows neither address nor secret."""

    chat_id: int
    owner_id: int
    form: WebhookForm
    host: str
    url: str = field(repr=False)
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedWebhook:
    """Another address of a webhook; printed, it does not show it."""

    form: WebhookForm
    host: str
    url: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookChange:
    """What shall be otherwise with a webhook."""

    by: int
    """Who asks for it; they own one that they switch on."""
    moved: MovedWebhook | None = None
    on: bool | None = None
    """None: as it is."""
    reason: str = ""
    """Why it is switched off, for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookTable:
    """The rows, with what opens their secrets."""

    database: Database
    sealer: Sealer

    async def add(self, new: NewWebhook, *, limit: int) -> Webhook | None:
        """Make a webhook; None: the chat has as many as it may.

        Raises:
            Misconfigured: there is no key that seals.
        """

        async def work(connection: Connection) -> Webhook | None:
            await connection.execute(LOCK, new.chat_id)
            if await connection.fetchval(COUNT, new.chat_id) >= limit:
                return None
            webhook_id = await connection.fetchval(NEXT_ID)
            url, secret = self._sealed(webhook_id, new.url, new.secret)
            named = (new.chat_id, new.owner_id, new.form.value, new.host)
            row = await connection.fetchrow(ADD, webhook_id, *named, url, secret)
            return None if row is None else _webhook(row)

        return await self.database.transaction(work)

    async def of_chat(self, chat_id: int) -> list[Webhook]:
        """The webhooks of a chat, oldest first."""
        return [_webhook(row) for row in await self.database.fetch(OF_CHAT, chat_id)]

    async def one(self, chat_id: int, webhook_id: int) -> Webhook | None:
        """One of them; None: the chat has none of that number."""
        return _maybe(await self.database.fetchrow(ONE, chat_id, webhook_id))

    async def change(self, chat_id: int, webhook_id: int, change: WebhookChange) -> Webhook | None:
        """Change a webhook as a whole or not at all; None: the chat has none of that number.

        One that is on and is to be on stays as it is: its owner, its rest and its failures.

        Args:
            chat_id: whose webhook.
            webhook_id: any number; it counts only as a webhook of `chat_id`.
            change: what is to differ; the address was checked by the caller.
        """
        number, moved = str(webhook_id), change.moved

        async def work(connection: Connection) -> Row | None:
            if await connection.fetchrow(ONE, chat_id, webhook_id) is None:
                return None
            if moved is not None:
                sealed = self.sealer.seal(moved.url.encode(), column=URL, row=number)
                await connection.execute(MOVE, chat_id, webhook_id, sealed, moved.host, moved.form.value)
            if change.on:
                await connection.execute(SWITCH_ON, chat_id, webhook_id, change.by)
            elif change.on is not None:
                await connection.execute(SWITCH_OFF, webhook_id, change.reason)
                await connection.execute(END_PUSHES, number)
            return await connection.fetchrow(ONE, chat_id, webhook_id)

        return _maybe(await self.database.transaction(work))

    async def delete(self, chat_id: int, webhook_id: int) -> bool:
        """Forget a webhook; whether the chat had it."""

        async def work(connection: Connection) -> bool:
            if await connection.fetchval(DELETE, chat_id, webhook_id) is None:
                return False
            await connection.execute(END_PUSHES, str(webhook_id))
            return True

        return await self.database.transaction(work)

    async def rotate(self, chat_id: int, webhook_id: int, secret: bytes) -> Webhook | None:
        """Sign by a new secret, and for a day by the one before as well.

        While that lasts, another rotation lets the one before that sign, too: nothing breaks where it is
        asked for again, its answer being lost or not.

        Args:
            chat_id: whose webhook.
            webhook_id: any number; it counts only as a webhook of `chat_id`.
            secret: of SECRET_BYTES random bytes; stored sealed.

        Returns:
            The webhook; None: the chat has none of that number.
        """

        async def work(connection: Connection) -> Webhook | None:
            row = await connection.fetchrow(FOR_ROTATION, chat_id, webhook_id)
            if row is None:
                return None
            number = str(webhook_id)
            before = self.sealer.unseal(row["secret"], column=SECRET, row=number)
            if row["old_secret"] is not None:
                before += self.sealer.unseal(row["old_secret"], column=OLD_SECRET, row=number)
            before = before[: MAX_OLD_SECRETS * SECRET_BYTES]
            old = self.sealer.seal(before, column=OLD_SECRET, row=number)
            new = self.sealer.seal(secret, column=SECRET, row=number)
            return _maybe(await connection.fetchrow(ROTATE, chat_id, webhook_id, new, old, ROTATION_HOURS))

        return await self.database.transaction(work)

    def _sealed(self, webhook_id: int, url: str, secret: bytes) -> tuple[bytes, bytes]:
        seal, row = self.sealer.seal, str(webhook_id)
        return seal(url.encode(), column=URL, row=row), seal(secret, column=SECRET, row=row)


async def endpoints(database: Database, webhook_ids: Collection[int]) -> list[Row]:
    """The sealed rows of webhooks; `open_endpoint` opens one."""
    return await database.fetch(ENDPOINTS, list(webhook_ids))


def open_endpoint(sealer: Sealer, row: Row | Mapping[str, Any]) -> Endpoint:
    """Where a webhook goes, and what signs it.

    Raises:
        Misconfigured, SecretUnreadable: it cannot be opened with the keys that are there.
    """
    number = str(row["webhook_id"])
    secrets = [(SECRET, row["secret"]), (OLD_SECRET, row["old_secret"])]
    opened = b"".join(_opened(sealer, sealed, column, number) for column, sealed in secrets if sealed)
    return Endpoint(
        webhook_id=row["webhook_id"],
        form=WebhookForm(row["form"]),
        url=_opened(sealer, row["url"], URL, number).decode(),
        secrets=tuple(opened[start : start + SECRET_BYTES] for start in range(0, len(opened), SECRET_BYTES)),
    )


@lru_cache(maxsize=_MAX_OPENED)
def _opened(sealer: Sealer, sealed: bytes, column: str, row: str) -> bytes:
    """What is sealed, opened once for all pushes; another sealed value is another entry."""
    return sealer.unseal(sealed, column=column, row=row)


def _maybe(row: Row | None) -> Webhook | None:
    return None if row is None else _webhook(row)


def _webhook(row: Row) -> Webhook:
    known: dict[str, str | int | datetime | None] = dict(row)
    return Webhook(**{**known, "form": WebhookForm(row["form"])})  # type: ignore[arg-type]  # the columns are its fields
