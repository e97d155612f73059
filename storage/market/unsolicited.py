"""Facts about unsolicited transfers: the sender, and the tokens received."""

from dataclasses import replace
from datetime import datetime

from domain.activity.activity import Activity
from domain.activity.addresses import ALIKE, looks_like
from domain.rules.gates import Facts
from domain.rules.spam import is_unsolicited, unknown_tokens
from domain.security.identity import names_website
from storage.postgres import Connection
from storage.sql_files import read_statement

MAX_HISTORY = 2_000
"""Earlier activities of a wallet that are read for the tokens that it dealt with."""

DEALT_WITH = read_statement(__name__, "DEALT_WITH")

# Whom the wallet sent something, by the index of what wallets sent.
SENT_TO = """
SELECT EXISTS (
    SELECT 1 FROM activities
    WHERE wallet = $2 AND kind = 'transfer_out' AND (payload->>'counterparty') COLLATE "C" = $3
      AND chain = $1 AND seen_at <= $4)
"""

# The same for addresses that begin like the sender; `~` is behind every character of an address.
SENT_TO_SIMILAR = """
SELECT DISTINCT payload->>'counterparty' AS address FROM activities
WHERE wallet = $2 AND kind = 'transfer_out' AND (payload->>'counterparty') COLLATE "C" >= $3
  AND (payload->>'counterparty') COLLATE "C" < $3 || '~' AND chain = $1 AND seen_at <= $4
LIMIT 20
"""

NAMES = "SELECT symbol, name FROM tokens WHERE chain = $1 AND mint = ANY($2::text[])"


async def with_sender(
    connection: Connection, activity: Activity, facts: Facts, *, stored_at: datetime
) -> Facts:
    """The facts with what is known of the sender and of what came, where it came in unasked.

    Args:
        connection: to the database.
        activity: what happened.
        facts: what is known beside that.
        stored_at: when it was stored; what happened since says nothing of it.
    """
    if not is_unsolicited(activity):
        return facts
    return replace(
        facts,
        tokens_known=await _tokens_known(connection, activity, stored_at),
        knows_sender=await _knows_sender(connection, activity, stored_at),
        imitated_sender=await _imitated(connection, activity, stored_at),
        names_site=await _names_site(connection, activity),
    )


async def _tokens_known(connection: Connection, activity: Activity, stored_at: datetime) -> bool | None:
    """Whether the wallet dealt itself with a token that now came in unasked; None: no such token came."""
    mints = [*unknown_tokens(activity)]
    if not mints:
        return None
    row = (activity.chain, activity.wallet, mints, MAX_HISTORY, activity.signature, stored_at)
    return bool(await connection.fetchval(DEALT_WITH, *row))


async def _knows_sender(connection: Connection, activity: Activity, stored_at: datetime) -> bool | None:
    """Return whether the wallet ever sent something to who sent this; None: nobody knows who that is."""
    if activity.counterparty is None:
        return None
    row = (activity.chain, activity.wallet, activity.counterparty, stored_at)
    return bool(await connection.fetchval(SENT_TO, *row))


async def _imitated(connection: Connection, activity: Activity, stored_at: datetime) -> str | None:
    """The address that the sender looks like: the wallet's own, or one that it sent to; None: none."""
    sender = activity.counterparty
    if sender is None:
        return None
    row = (activity.chain, activity.wallet, sender[:ALIKE], stored_at)
    similar = [found["address"] for found in await connection.fetch(SENT_TO_SIMILAR, *row)]
    return next((one for one in (activity.wallet, *similar) if looks_like(sender, one)), None)


async def _names_site(connection: Connection, activity: Activity) -> bool:
    """Return whether a token that came is called like a website."""
    mints = [leg.mint for leg in activity.received]
    rows = await connection.fetch(NAMES, activity.chain, mints)
    texts = (text for row in rows for text in (row["symbol"], row["name"]) if text)
    return any(names_website(text) for text in texts)
