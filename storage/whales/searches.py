"""Whale searches: one runs at a time; each step's counts, findings and cursor are committed together, once.

Every write of a step needs the current `step_number` and raises it. So a job that was thought dead, a payload
that came twice and a statement that is repeated after a lost answer all change nothing.
"""

from dataclasses import dataclass

from domain.errors import DatabaseUnavailable
from domain.whale_search import MAX_ERRORS_IN_ROW, SILENT_SECONDS, Findings, WhaleSearch, WhaleSearchStatus
from storage.postgres import Connection, Database, Row
from storage.whales.addresses import add_sightings
from storage.whales.finds import add_finds

MAX_ERROR_LENGTH = 300
_TRIES = 3
ANNOUNCE_SECONDS = 3600.0
"""How long after its end a search may still be announced to operators."""

COLUMNS = """search_id, chain, update_id, chat_id, status, min_lamports, slots_per_step, step_number,
first_slot, last_slot, slots_scanned, swaps, transfers, volume, addresses_found, undecodable, requests,
credits, errors, errors_in_row, last_error, started_at,
extract(epoch FROM expires_at - now())::float8 AS seconds_left,
extract(epoch FROM now() - heartbeat_at)::float8 AS silent_seconds"""

START = """
INSERT INTO whale_searches (chain, update_id, started_by, chat_id, min_lamports, slots_per_step, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, now() + make_interval(secs => $7))
ON CONFLICT DO NOTHING
"""

OVERDUE = """
UPDATE whale_searches SET status = 'expired', ended_at = now()
WHERE chain = $1 AND status = 'running' AND expires_at <= now()
"""

# The search of this very request comes first: a repeated request gets its own search, even after its end.
STARTED = f"""
SELECT {COLUMNS} FROM whale_searches WHERE chain = $1 AND (update_id = $2 OR status = 'running')
ORDER BY update_id = $2 DESC LIMIT 1
"""  # noqa: S608 - constants only, here and below

LATEST = f"SELECT {COLUMNS} FROM whale_searches WHERE chain = $1 ORDER BY search_id DESC LIMIT 1"  # noqa: S608

READ = f"SELECT {COLUMNS} FROM whale_searches WHERE search_id = $1"  # noqa: S608

STOP = f"""
UPDATE whale_searches SET status = 'stopped', ended_at = now(), announced_at = now()
WHERE chain = $1 AND status = 'running' RETURNING {COLUMNS}
"""  # noqa: S608

# It continues where it stood, under a new number: a job from before its end comes too late.
RESTART = f"""
UPDATE whale_searches SET status = 'running', expires_at = now() + make_interval(secs => $2), ended_at = NULL,
    announced_at = NULL, errors_in_row = 0, heartbeat_at = now(), step_number = step_number + 1
WHERE search_id = (SELECT max(search_id) FROM whale_searches WHERE chain = $1) AND status <> 'running'
RETURNING {COLUMNS}
"""  # noqa: S608

KEEP_CARD = """
UPDATE whale_searches SET card_chat_id = $2, card_message_id = $3, card_shown_at = now() WHERE search_id = $1
"""

# Whoever gets the row shows it; nobody else does within so many seconds, unless it has just ended.
TAKE_CARD = """
UPDATE whale_searches SET card_shown_at = now()
WHERE search_id = $1 AND card_message_id IS NOT NULL
  AND (status <> 'running' OR card_shown_at < now() - make_interval(secs => $2))
RETURNING card_chat_id, card_message_id
"""

# Taking raises the number, so that of two jobs with the same number only one works.
TAKE = f"""
UPDATE whale_searches SET step_number = step_number + 1, heartbeat_at = now(),
    status = CASE WHEN status = 'running' AND expires_at <= now() THEN 'expired' ELSE status END,
    ended_at = CASE WHEN status = 'running' AND expires_at <= now() THEN now() ELSE ended_at END
WHERE search_id = $1 AND step_number = $2 AND announced_at IS NULL
RETURNING {COLUMNS}
"""  # noqa: S608

# `last_slot` must stand where the step began: a step that began elsewhere would leave a hole.
COMMIT = """
UPDATE whale_searches SET step_number = step_number + 1, heartbeat_at = now(),
    first_slot = coalesce(first_slot, $3), last_slot = $4, slots_scanned = slots_scanned + $4 - $3,
    swaps = swaps + $5, transfers = transfers + $6,
    volume = volume + $7, undecodable = undecodable + $8, requests = requests + $9, credits = credits + $10,
    errors_in_row = 0
WHERE search_id = $1 AND step_number = $2 AND status = 'running' AND coalesce(last_slot, $3) = $3
RETURNING chain
"""

# Too many failures in a row end the search in the same statement that counts the last one.
FAILED = f"""
UPDATE whale_searches SET step_number = step_number + 1, heartbeat_at = now(), requests = requests + $3,
    credits = credits + $5, errors = errors + 1, errors_in_row = errors_in_row + 1, last_error = $4,
    status = CASE WHEN errors_in_row + 1 >= {MAX_ERRORS_IN_ROW} THEN 'failed' ELSE status END,
    ended_at = CASE WHEN errors_in_row + 1 >= {MAX_ERRORS_IN_ROW} THEN now() ELSE ended_at END
WHERE search_id = $1 AND step_number = $2 AND status = 'running'
"""  # noqa: S608

SILENT = """
SELECT search_id, step_number FROM whale_searches
WHERE announced_at IS NULL AND heartbeat_at < now() - make_interval(secs => $1)
  AND (status = 'running' OR ended_at > now() - make_interval(secs => $2))
ORDER BY search_id LIMIT 100
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWhaleSearch:
    """What an operator asked for."""

    chain: str
    update_id: int
    started_by: int
    chat_id: int
    min_lamports: int
    slots_per_step: int
    seconds: float
    """Time to live."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepResult:
    """What one step read."""

    after: int
    """The slot after which it began."""
    upto: int
    """Every slot up to this one is read, or certainly has no block."""
    findings: Findings
    undecodable: int
    requests: int
    credits: int = 0


async def start_search(database: Database, new: NewWhaleSearch) -> WhaleSearch:
    """Start a search, unless one runs on the chain; the one that runs: its `update_id` says who started it.

    Raises:
        DatabaseUnavailable: other searches end and start at the same moments; try again.
    """
    for _ in range(_TRIES):
        await database.execute(OVERDUE, new.chain)
        await database.execute(
            START,
            new.chain,
            new.update_id,
            new.started_by,
            new.chat_id,
            new.min_lamports,
            new.slots_per_step,
            new.seconds,
        )
        row = await database.fetchrow(STARTED, new.chain, new.update_id)
        if row is not None:
            return _search(row)
    raise DatabaseUnavailable("whale searches start and end at this moment")


async def latest_search(database: Database, *, chain: str) -> WhaleSearch | None:
    """The search that runs, else the last one that ran."""
    row = await database.fetchrow(LATEST, chain)
    return None if row is None else _search(row)


async def read_search(database: Database, search_id: int) -> WhaleSearch | None:
    """One search as it stands now."""
    row = await database.fetchrow(READ, search_id)
    return None if row is None else _search(row)


async def stop_search(database: Database, *, chain: str) -> WhaleSearch | None:
    """Stop the search that runs, without counting a step in work; None: none runs."""
    row = await database.fetchrow(STOP, chain)
    return None if row is None else _search(row)


async def restart_search(database: Database, *, chain: str, seconds: float) -> WhaleSearch | None:
    """Let the last search continue at its last slot for this long; None: there is none, or it runs.

    Args:
        database: one statement, committed by itself.
        chain: whose last search.
        seconds: from now on, on the clock of PostgreSQL.
    """
    row = await database.fetchrow(RESTART, chain, seconds)
    return None if row is None else _search(row)


async def set_card_message(database: Database, search_id: int, *, chat_id: int, message_id: int) -> None:
    """Note the message that shows how a search is; an older one shows no longer.

    Args:
        database: one statement, committed by itself.
        search_id: the search.
        chat_id: where the message stands; not always the chat that is told of the end.
        message_id: of Telegram.
    """
    await database.execute(KEEP_CARD, search_id, chat_id, message_id)


async def take_card(database: Database, search_id: int, *, seconds: float) -> tuple[int, int] | None:
    """Chat and message in which to show a search now; None: it was shown recently, or has none.

    Args:
        database: one statement, so that of several processes one edits the message.
        search_id: the search.
        seconds: since it was shown last, while the search runs; one that has ended is shown at once.
    """
    row = await database.fetchrow(TAKE_CARD, search_id, seconds)
    return None if row is None else (row["card_chat_id"], row["card_message_id"])


async def take_step(database: Database, search_id: int, *, step_number: int) -> WhaleSearch | None:
    """The right to do the step of this number, or to announce the end of the search; None: too late.

    Args:
        database: one statement, so that of several jobs one does the step.
        search_id: the search.
        step_number: as the job names it; a later one was taken already if the row has another.
    """
    row = await database.fetchrow(TAKE, search_id, step_number)
    return None if row is None else _search(row)


async def commit_step(database: Database, search: WhaleSearch, result: StepResult) -> bool:
    """Store what a step found and how far it came; False: another job did this step or a later one.

    Args:
        database: one transaction: counts, finds and cursor, or nothing.
        search: as `take_step` returned it.
        result: slots from `after`, exclusive, to `upto`; amounts in lamports.
    """

    async def work(connection: Connection) -> bool:
        found = result.findings
        chain = await connection.fetchval(
            COMMIT,
            search.search_id,
            search.step_number,
            result.after,
            result.upto,
            found.swaps,
            found.transfers,
            found.volume,
            result.undecodable,
            result.requests,
            result.credits,
        )
        if chain is None:
            return False
        new = await add_sightings(connection, chain=chain, sightings=found.sightings)
        await add_finds(connection, search.search_id, found.sightings)
        await connection.execute(
            "UPDATE whale_searches SET addresses_found = addresses_found + $2 WHERE search_id = $1",
            search.search_id,
            new,
        )
        return True

    return await database.transaction(work)


async def fail_step(
    database: Database, search: WhaleSearch, *, error: str, requests: int, credits_: int = 0
) -> None:
    """Store that a step failed; MAX_ERRORS_IN_ROW of them in a row end the search.

    Args:
        database: one statement, committed by itself.
        search: as `take_step` returned it.
        error: for operators, without secrets; its first MAX_ERROR_LENGTH characters are kept.
        requests: sent to nodes, answered or not.
        credits_: what they cost by the provider's price list.
    """
    text = error.replace("\0", "\N{REPLACEMENT CHARACTER}")[:MAX_ERROR_LENGTH]
    await database.execute(FAILED, search.search_id, search.step_number, requests, text, credits_)


async def end_announced(database: Database, search_id: int) -> None:
    """Store that operators got the message about its end."""
    await database.execute("UPDATE whale_searches SET announced_at = now() WHERE search_id = $1", search_id)


async def stalled_searches(
    database: Database, *, older_than: float = SILENT_SECONDS
) -> list[tuple[int, int]]:
    """Searches, with their step numbers, whose job is lost or whose end is not announced yet."""
    rows = await database.fetch(SILENT, older_than, ANNOUNCE_SECONDS)
    return [(row["search_id"], row["step_number"]) for row in rows]


def _search(row: Row) -> WhaleSearch:
    return WhaleSearch(
        **{**dict(row), "status": WhaleSearchStatus(row["status"]), "volume": int(row["volume"])}
    )
