"""How long /stats reads its figures with 100,000 chats and ten million deliveries, and what a refresh costs.

The server makes the rows itself, without indexes, which are built again afterwards. The last line is JSON.
"""

import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
import uvloop

from bench.figures import print_figures
from bench.testbed import servers
from storage.admin.statistics import read_statistics, refresh_statistics, snapshot
from storage.coordination.instances import beat
from storage.postgres import open_database

CHATS, DELIVERIES, CHATS_OF_ALERT = 100_000, 10_000_000, 100
DAYS = 30
CHAIN = "solana"
MAX_READ_MS = 5.0
READS = 200

FILL = (
    "INSERT INTO chats (chat_id, title) SELECT n, 'chat' FROM generate_series(1, {chats}) AS n",
    """
INSERT INTO wallets (chain, address) SELECT 'solana', lpad(n::text, 44, '0')
FROM generate_series(1, {chats} / 10) AS n""",
    """
INSERT INTO watches (chat_id, wallet_id, label)
SELECT chat_id, 1 + (chat_id * 7 + n) % ({chats} / 10), '' FROM chats, generate_series(1, 3) AS n""",
    """
INSERT INTO alerts (chain, wallet_id, subject, sort, payload, block_time, created_at, fanned_out_at)
SELECT 'solana', 1 + n % ({chats} / 10), lpad((1 + n % ({chats} / 10))::text, 44, '0'), 'buy',
       jsonb_build_object('signature', n::text), at - interval '1 second', at, at
FROM generate_series(1, {alerts}) AS n,
     LATERAL (SELECT now() - interval '{days} days' * (1 - n::float8 / {alerts}) AS at) AS moment""",
    """
INSERT INTO deliveries (alert_id, chat_id, gate, state, created_at, due_at, finished_at)
SELECT alert_id, 1 + (alert_id * 31 + n) % {chats}, 'wanted', 'sent', created_at, created_at,
       least(now(), created_at + interval '1 second' * (0.2 + 3 * random() * random()))
FROM alerts, generate_series(1, {of_alert}) AS n""",
)
INDEXES = """
SELECT indexname, indexdef FROM pg_indexes
WHERE tablename IN ('deliveries', 'alerts') AND indexname NOT LIKE '%_pkey'
  AND indexname NOT IN (SELECT conname FROM pg_constraint)
"""


def main() -> int:
    """Measure and print; 1 if a read takes too long."""
    figures = measure()
    print(
        f"\n{DELIVERIES:,} deliveries of {CHATS:,} chats: /stats reads {figures['read_p50_ms']:.2f} ms"
        f" (p95 {figures['read_p95_ms']:.2f}), a count at this moment {figures['snapshot_p50_ms']:.1f} ms,"
        f" a refresh {figures['refresh_p50_ms']:.0f} ms, the first one {figures['first_refresh_ms']:.0f} ms"
    )
    print_figures("stats", figures)
    return int(figures["read_p95_ms"] > MAX_READ_MS)


def measure(*, chats: int = CHATS, deliveries: int = DELIVERIES) -> dict[str, float]:
    """The figures, by name."""
    with TemporaryDirectory() as folder:
        return uvloop.run(_measure(Path(folder), chats, deliveries))


async def _measure(folder: Path, chats: int, deliveries: int) -> dict[str, float]:
    async with servers(folder) as (postgres, _):
        began = time.perf_counter()
        await fill(postgres.url, chats=chats, deliveries=deliveries)
        filled = time.perf_counter() - began
        database = await open_database(postgres.url)
        for number in range(30):
            await beat(database, instance_id=f"bot-{number}", program="bot", detail={"caches": {"a": (1, 2)}})
        first = await _times(1, lambda: refresh_statistics(database, chain=CHAIN))
        refreshes = await _times(10, lambda: refresh_statistics(database, chain=CHAIN))
        reads = await _times(READS, lambda: read_statistics(database, chain=CHAIN))
        counts = await _times(10, lambda: snapshot(database, chain=CHAIN))
        await database.close()
        return {
            "chats": chats,
            "deliveries": deliveries,
            "fill_s": filled,
            "first_refresh_ms": first[0],
            "refresh_p50_ms": statistics.median(refreshes),
            "read_p50_ms": statistics.median(reads),
            "read_p95_ms": statistics.quantiles(reads, n=20)[-1],
            "snapshot_p50_ms": statistics.median(counts),
        }


async def fill(url: str, *, chats: int, deliveries: int) -> None:
    """Make so many chats that follow, and so many deliveries of a month; indexes come last."""
    sizes = {
        "chats": chats,
        "alerts": deliveries // CHATS_OF_ALERT,
        "of_alert": CHATS_OF_ALERT,
        "days": DAYS,
    }
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(
            "SET session_replication_role = replica"
        )  # no check of foreign keys, row by row
        indexes = await connection.fetch(INDEXES)
        for index in indexes:
            await connection.execute(f"DROP INDEX {index['indexname']}")
        for statement in FILL:
            await connection.execute(statement.format(**sizes))
        for index in indexes:
            await connection.execute(index["indexdef"])
        await connection.execute("ANALYZE")
    finally:
        await connection.close()


async def _times(number: int, act: Callable[[], Awaitable[object]]) -> list[float]:
    """Milliseconds of each of so many runs."""
    taken = []
    for _ in range(number):
        began = time.perf_counter()
        await act()
        taken.append((time.perf_counter() - began) * 1_000)
    return taken


if __name__ == "__main__":
    sys.exit(main())
