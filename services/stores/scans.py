"""The last security scans, as workers stored them."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from domain.security.scan import Scan
from storage.cache import Cache
from storage.postgres import Database
from storage.scans.cached import ScanReading
from storage.scans.results import count_unsellable, last_scan


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanStore:
    """Reads scans; workers make them."""

    database: Database
    chain: str
    cache: Cache[ScanReading]

    async def count_unsellable(self, mints: Sequence[str]) -> tuple[int, int]:
        """Return how many of these tokens were scanned, and how many of them holders may not sell freely."""
        return await count_unsellable(self.database, chain=self.chain, mints=mints)

    async def last(self, mint: str) -> ScanReading | None:
        """The last scan of a token, however old; None: there is none."""
        cached = await self.cache.get(mint)
        if isinstance(cached, ScanReading):
            return cached
        stored = await last_scan(self.database, chain=self.chain, subject=mint)
        if stored is None:
            return None
        return ScanReading(scan=msgspec.json.decode(stored.result, type=Scan), read_at=stored.scanned_at)
