"""The messages that say a chat asks too much, until they are sent: whoever was to send one may be killed.

The first limited update of a chat keeps where it came from, without what it says, and that its chat is not
notified. An instance that stops working on it leaves it to the others.
"""

from __future__ import annotations

from dataclasses import dataclass

from storage.chats.updates import LIMIT_MESSAGE_SECONDS, ReceivedUpdate
from storage.postgres import Database

# Before Telegram is asked: from now on nobody knows whether the message was sent.
BEGIN = """
UPDATE updates SET error = 'notifying', lease_owner = $2, lease_until = now() + make_interval(secs => $3)
WHERE update_id = $1 AND state = 'limited' AND error IS NOT NULL AND coalesce(lease_owner, $2) = $2
RETURNING copies
"""

POSTPONE = """
UPDATE updates SET error = 'not notified', copies = $4,
    lease_until = now() + make_interval(secs => $3::float8 + $5)
WHERE update_id = $1 AND state = 'limited' AND lease_owner = $2
"""

END = """
UPDATE updates SET error = NULL, lease_owner = NULL, lease_until = NULL,
    payload = jsonb_build_object('update_id', update_id)
WHERE update_id = $1 AND state = 'limited' AND lease_owner = $2
"""

TAKE_OVER = """
UPDATE updates SET lease_owner = $1, lease_until = now() + make_interval(secs => $2),
    copies = CASE WHEN error = 'notifying' THEN greatest(copies, 1) ELSE copies END, error = 'not notified'
WHERE update_id IN (
    SELECT update_id FROM updates
    WHERE state = 'limited' AND error IS NOT NULL AND lease_until < now()
    ORDER BY update_id LIMIT $3 FOR UPDATE SKIP LOCKED)
RETURNING update_id, chat_id, user_id, payload
"""
MAX_TAKEN_OVER = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredLimitMessages:
    """Those that one instance has to send.

    Each method raises Unavailable while PostgreSQL does not answer.
    """

    database: Database
    owner: str
    """Names the instance."""

    async def begin(self, update_id: int) -> int | None:
        """Return how many copies may have reached the chat; None: another instance sends it, or has."""
        copies: int | None = await self.database.fetchval(BEGIN, update_id, self.owner, LIMIT_MESSAGE_SECONDS)
        return copies

    async def postpone(self, update_id: int, *, seconds: float, copies: int) -> None:
        """Telegram does not take it now: it is tried again after so many seconds.

        Args:
            update_id: the limited update.
            seconds: the pause.
            copies: that may have reached the chat by now.
        """
        await self.database.execute(POSTPONE, update_id, self.owner, seconds, copies, LIMIT_MESSAGE_SECONDS)

    async def end(self, update_id: int) -> None:
        """It was sent, or is given up: nothing is kept of the update."""
        await self.database.execute(END, update_id, self.owner)

    async def take_over(self) -> list[ReceivedUpdate]:
        """Limited updates whose chats are not notified, and of whose instance nothing was heard."""
        rows = await self.database.fetch(TAKE_OVER, self.owner, LIMIT_MESSAGE_SECONDS, MAX_TAKEN_OVER)
        return [ReceivedUpdate(**dict(row)) for row in rows]
