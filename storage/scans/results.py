"""Results of security scans, with their time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from storage.postgres import Connection, Database
from storage.sql_files import read_statement

SAVE_SCAN = read_statement(__name__, "SAVE_SCAN")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredScan:
    """The last scan of a subject; results are JSON."""

    result: str
    scanned_at: datetime
    is_fresh: bool
    """It has not expired."""
    earlier: str | None
    """What is remembered of all scans before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanToStore:
    """A scan, as JSON."""

    result: str
    summary: str | None = None
    """The grade in one line."""
    earlier: str | None = None
    """What later scans compare with."""


async def save_scan(
    database: Database, *, chain: str, subject: str, scan: ScanToStore, seconds: float
) -> datetime:
    """Store a scan for `seconds`; its time.

    Args:
        database: one statement; a scan before that found other figures goes to the history in it.
        chain: of the subject.
        subject: mint or wallet.
        scan: JSON texts: the whole result, its summary, and what need not be read again; None keeps the
            latter.
        seconds: how long it counts as fresh; 0: it is kept, and read again at the next question.
    """
    when: datetime = await database.fetchval(
        SAVE_SCAN, chain, subject, scan.result, seconds, scan.earlier, scan.summary
    )
    return when


async def last_scan(database: Database, *, chain: str, subject: str) -> StoredScan | None:
    """The last scan of a subject, however old.

    Args:
        database: it is only read.
        chain: of the subject.
        subject: mint or wallet.
    """
    row = await database.fetchrow(
        "SELECT result, scanned_at, expires_at > now() AS is_fresh, earlier FROM security_scans"
        " WHERE chain = $1 AND subject = $2",
        chain,
        subject,
    )
    return None if row is None else StoredScan(**dict(row))


async def creators_of(database: Database, *, chain: str, mints: Sequence[str]) -> dict[str, str]:
    """Who made these tokens, as far as scans have found out.

    Args:
        database: it is only read.
        chain: of the tokens.
        mints: those without a known creator are missing in the answer.
    """
    rows = await database.fetch(
        "SELECT subject, earlier #>> '{creation,creator}' AS creator FROM security_scans"
        " WHERE chain = $1 AND subject = ANY($2::text[]) AND earlier #>> '{creation,creator}' IS NOT NULL",
        chain,
        list(mints),
    )
    return {row["subject"]: row["creator"] for row in rows}


SUMMARIES = """
SELECT subject, summary FROM security_scans
WHERE chain = $1 AND subject = ANY($2::text[]) AND summary IS NOT NULL
  AND scanned_at > now() - make_interval(secs => $3)
  AND (expires_at > now() OR summary->>'grade' NOT IN ('A', 'B'))
"""

UNSELLABLE = """
SELECT count(*) AS scanned, count(*) FILTER (WHERE summary->>'control' = 'fail') AS unsellable
FROM security_scans WHERE chain = $1 AND subject = ANY($2::text[]) AND summary IS NOT NULL
"""

OF_MANY_CHATS = read_statement(__name__, "OF_MANY_CHATS")
DAY_SECONDS = 86_400.0
MAX_LOOKBACK = 500
"""Alerts."""

# What is told of a token that became dangerous is void: at once where it is told for the first time, and
# whenever the grade is a good one.
VOID = """
UPDATE security_scans SET summary = NULL, expires_at = now()
WHERE chain = $1 AND subject = $2 AND ($3 OR summary->>'grade' IN ('A', 'B'))
"""

# A whole scan since then says more than that; one of the mint alone would make people forget it.
VOIDED = """
SELECT asked.mint FROM unnest($2::text[]) AS asked (mint)
WHERE EXISTS (SELECT FROM security_scans WHERE chain = $1 AND subject = asked.mint AND summary IS NULL)
   OR EXISTS (SELECT FROM token_watches, jsonb_each_text(announced)
              WHERE chain = $1 AND mint = asked.mint AND value::timestamptz > now() - interval '1 day')
"""

ASK = """
INSERT INTO grade_requests (chain, hour, requests) VALUES ($1, date_trunc('hour', now()), $2)
ON CONFLICT (chain) DO UPDATE SET hour = excluded.hour, requests = excluded.requests
    + CASE WHEN grade_requests.hour = excluded.hour THEN grade_requests.requests ELSE 0 END
WHERE grade_requests.hour <> excluded.hour OR grade_requests.requests + excluded.requests <= $3
RETURNING requests
"""


async def scan_summaries(database: Database, *, chain: str, subjects: Sequence[str]) -> dict[str, str]:
    """The grades of one day, as JSON, by subject; good ones only while their scan holds.

    Args:
        database: it is only read.
        chain: of the subjects.
        subjects: mints or wallets.
    """
    rows = await database.fetch(SUMMARIES, chain, list(subjects), DAY_SECONDS)
    return {row["subject"]: row["summary"] for row in rows}


async def count_unsellable(database: Database, *, chain: str, mints: Sequence[str]) -> tuple[int, int]:
    """How many of these tokens were scanned, and how many of them their holders may not sell freely.

    Args:
        database: it is only read.
        chain: of the tokens.
        mints: those that were never scanned count in neither number.
    """
    row = await database.fetchrow(UNSELLABLE, chain, list(mints))
    return (0, 0) if row is None else (row["scanned"], row["unsellable"])


async def tokens_of_many_chats(database: Database, *, chain: str, chats: int, limit: int) -> list[str]:
    """Tokens that so many chats were sent alerts of recently, and that nobody scanned whole within a day.

    A scan of the mint alone does not hold for any time.

    Args:
        database: it is only read.
        chain: of the tokens.
        chats: how many, at least, within a quarter of an hour; only the latest MAX_LOOKBACK alerts are
            searched.
        limit: how many tokens at most, those of most chats first.
    """
    rows = await database.fetch(OF_MANY_CHATS, chain, chats, DAY_SECONDS, limit, MAX_LOOKBACK)
    return [row["mint"] for row in rows]


async def invalidate_scan(connection: Connection, *, chain: str, subject: str, is_first: bool) -> None:
    """A token became dangerous: no alert shows its grade, and who asks for a scan gets a new one.

    Args:
        connection: in the transaction that stores the danger.
        chain: of the token.
        subject: its mint.
        is_first: this danger was not told before; else only a good grade is void, as one that was found
            since tells of the danger itself.
    """
    await connection.execute(VOID, chain, subject, is_first)


async def voided(database: Database, *, chain: str, mints: Sequence[str]) -> frozenset[str]:
    """Those of these tokens that became dangerous, within a day or since they were scanned last.

    Args:
        database: it is only read.
        chain: of the tokens.
        mints: of the tokens.
    """
    return frozenset(row["mint"] for row in await database.fetch(VOIDED, chain, list(mints)))


# One whose creator no whole scan could find is scanned again after a week. Which comes first is left to
# chance, so that one that cannot be scanned holds up no other.
OWN_UNSCANNED = """
SELECT mint FROM own_tokens JOIN token_watches USING (chain, mint)
WHERE chain = $1 AND (state->>'liquidity')::numeric > 0 AND NOT EXISTS (
    SELECT FROM security_scans WHERE security_scans.chain = $1 AND subject = mint AND earlier IS NOT NULL
      AND (earlier #>> '{creation,creator}' IS NOT NULL OR scanned_at > now() - interval '7 days'))
GROUP BY mint ORDER BY random() LIMIT 1
"""


async def own_token_to_scan(database: Database, *, chain: str) -> str | None:
    """A token that people hold themselves, that is traded, and whose creator is not known; None: none."""
    found: str | None = await database.fetchval(OWN_UNSCANNED, chain)
    return found


async def take_grade_requests(database: Database, *, chain: str, requests: int, per_hour: int) -> bool:
    """Whether so many requests more are within the budget of this clock hour; they are then spent.

    The count outlives the process that spends.

    Args:
        database: one statement, so that programs share the budget.
        chain: whose nodes are asked.
        requests: how many a scan is going to need.
        per_hour: the budget.
    """
    return requests <= per_hour and await database.fetchval(ASK, chain, requests, per_hour) is not None


RUGS_OF = """
SELECT count(*) AS tokens, count(*) FILTER (WHERE jsonb_path_exists(
    result, '$.checks[*] ? (@.verdict == "fail" && @.at_best == "F" && (@.name == "liquidity withdrawal"
        || @.name == "pump and dump" || @.name == "freeze abuse"))')) AS rugs
FROM security_scans WHERE chain = $1 AND subject <> $2 AND earlier #>> '{creation,creator}' = $3
"""


async def rugs_of(database: Database, *, chain: str, creator: str, besides: str) -> tuple[int, int]:
    """How many other tokens of a creator ended as a rug, and how many scans have seen at all.

    Args:
        database: it is only read.
        chain: of the tokens.
        creator: an address.
        besides: the mint that is being scanned, which does not count.
    """
    row = await database.fetchrow(RUGS_OF, chain, besides, creator)
    return (0, 0) if row is None else (row["rugs"], row["tokens"])


async def scan_before(
    database: Database, *, chain: str, subject: str, hours: float
) -> tuple[str, datetime] | None:
    """The newest scan that found something else and is older than so many hours, with its time.

    Args:
        database: it is only read.
        chain: of the subject.
        subject: mint or wallet.
        hours: the least age.
    """
    row = await database.fetchrow(
        "SELECT result, scanned_at FROM security_scan_history WHERE chain = $1 AND subject = $2"
        " AND scanned_at < now() - make_interval(secs => $3) ORDER BY scanned_at DESC LIMIT 1",
        chain,
        subject,
        hours * 3600,
    )
    return None if row is None else (row["result"], row["scanned_at"])


HOLDERS_SEEN = """
SELECT address, raw FROM holdings JOIN wallets USING (wallet_id)
WHERE holdings.chain = $1 AND mint = $2 AND raw > 0 ORDER BY raw DESC LIMIT 100
"""


async def holders_seen(database: Database, *, chain: str, mint: str) -> dict[str, int]:
    """What wallets had of a token when they were seen last, in the smallest unit.

    Args:
        database: it is only read.
        chain: of the token.
        mint: the token; its 100 largest among followed wallets.
    """
    rows = await database.fetch(HOLDERS_SEEN, chain, mint)
    return {row["address"]: int(row["raw"]) for row in rows}
