"""The paying admins of groups and channels: taking over and giving up."""

from domain.chats import Chat, ChatKind
from storage.postgres import Database, Row

PAYER = "SELECT payer_id FROM chats WHERE chat_id = $1"

# Where nobody pays any more, an admin confirms again: storage/chats/chats.py.
TAKE_OVER = """
UPDATE chats SET payer_id = $2
WHERE chat_id = $1 AND confirmed_at IS NOT NULL AND closed_reason IS DISTINCT FROM 'unconfirmed'
  AND NOT EXISTS (SELECT FROM bans WHERE user_id IN ($1, $2))
RETURNING chat_id
"""

PAID_BY = """
SELECT chat_id, kind, title FROM chats WHERE payer_id = $1 AND closed_at IS NULL ORDER BY title, chat_id
LIMIT 50
"""

# A chat with a tier of its own continues without anybody's account; one that is closed stays so.
GIVE_UP = """
UPDATE chats SET payer_id = NULL,
    closed_reason = CASE WHEN tier = 'free' THEN coalesce(closed_reason, 'unconfirmed')
        ELSE closed_reason END,
    closed_at = CASE WHEN tier = 'free' THEN coalesce(closed_at, now()) ELSE closed_at END
WHERE payer_id = $1 AND ($2::bigint IS NULL OR chat_id = $2)
RETURNING chat_id, kind, title, closed_reason = 'unconfirmed' AS is_silent
"""


async def payer_of(database: Database, chat_id: int) -> int | None:
    """The person on whose account the bot speaks in a chat; None: nobody's, or it is not known."""
    payer: int | None = await database.fetchval(PAYER, chat_id)
    return payer


async def followed_in(database: Database, chat_id: int) -> int:
    """Return how many wallets a chat follows in all its topics."""
    number: int = await database.fetchval("SELECT count(*) FROM watches WHERE chat_id = $1", chat_id)
    return number


async def take_over(database: Database, chat_id: int, *, payer_id: int) -> bool:
    """Let another person pay for a chat; false: no admin has confirmed it, or one of the two is banned.

    Args:
        database: one statement, committed by itself.
        chat_id: a group or channel.
        payer_id: user id of an admin of that chat; the caller has checked that.
    """
    return await database.fetchval(TAKE_OVER, chat_id, payer_id) is not None


async def paid_by(database: Database, payer_id: int) -> list[Chat]:
    """The chats for which a person pays, by title."""
    return [_chat(row) for row in await database.fetch(PAID_BY, payer_id)]


async def give_up(
    database: Database, payer_id: int, *, chat_id: int | None = None
) -> tuple[list[int], list[Chat]]:
    """Let a person pay for a chat no longer, None: for none.

    Args:
        database: one statement, committed by itself.
        payer_id: user id of who pays.
        chat_id: the one chat that is given up; None: all for which they pay.

    Returns:
        The chats that they paid for, closed ones too, and those that are silent by it until another pays.
    """
    rows = await database.fetch(GIVE_UP, payer_id, chat_id)
    return [row["chat_id"] for row in rows], [_chat(row) for row in rows if row["is_silent"]]


def _chat(row: Row) -> Chat:
    return Chat(chat_id=row["chat_id"], kind=ChatKind(row["kind"]), title=row["title"])
