"""What messages say beside their subject: what chats call other wallets, how many of theirs hold a token."""

from collections.abc import Collection

from storage.postgres import Database, columns
from storage.sql_files import read_statement

OTHER_HOLDERS = read_statement(__name__, "OTHER_HOLDERS")

LABELS = """
SELECT chat_id, topic_id, address, label
FROM unnest($2::bigint[], $3::bigint[], $4::text[]) AS asked (chat_id, topic_id, address)
JOIN wallets USING (address) JOIN watches USING (chat_id, topic_id, wallet_id)
WHERE chain = $1 AND label <> ''
"""


async def labels_of(
    database: Database, *, chain: str, asked: Collection[tuple[int, int, str]]
) -> dict[tuple[int, int], dict[str, str]]:
    """Return what chats call wallets, by chat and topic and then by address; without a name it is missing.

    Args:
        database: where watches are stored.
        chain: of the wallets.
        asked: chat, topic and address.
    """
    found: dict[tuple[int, int], dict[str, str]] = {}
    for row in await database.fetch(LABELS, chain, *columns(sorted(asked), 3)):
        found.setdefault((row["chat_id"], row["topic_id"]), {})[row["address"]] = row["label"]
    return found


async def other_holders(
    database: Database, *, chain: str, asked: Collection[tuple[int, int, str, str]]
) -> dict[tuple[int, int, str, str], int]:
    """Return how many other wallets that a chat follows hold a token; without any it is missing.

    Args:
        database: where watches are stored.
        chain: of the wallets.
        asked: chat, topic, token, and the wallet that is left out.
    """
    rows = await database.fetch(OTHER_HOLDERS, chain, *columns(sorted(asked), 4))
    return {(row["chat_id"], row["topic_id"], row["mint"], row["wallet"]): row["number"] for row in rows}
