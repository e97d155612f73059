"""What workers read again and again of the chain, behind caches: balances, scans, names of tokens."""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from domain.activity.amounts import BalanceFacts
from storage.cache import Cache, CacheSpec, always
from storage.caches import Caches
from storage.keys import CacheName
from storage.market.tokens import TOKENS, CachedTokens
from storage.postgres import Database
from storage.scans.cached import SCANS, ScanReading

BALANCE_SECONDS = 10.0


class BalanceReading(msgspec.Struct, frozen=True, kw_only=True):
    """What an address held, and when that was read."""

    facts: BalanceFacts
    read_at: datetime


BALANCES = CacheSpec(
    name=CacheName.BALANCES, type_=BalanceReading, seconds=always(BALANCE_SECONDS), local_seconds=0
)
"""By address. The scanner forgets a followed wallet when it acts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CachedFacts:
    """The caches of a worker."""

    caches: Caches
    balances: Cache[BalanceReading]
    scans: Cache[ScanReading]
    tokens: CachedTokens


def open_cached_facts(caches: Caches, database: Database, *, chain: str) -> CachedFacts:
    """The caches of a worker; once in a process."""
    return CachedFacts(
        caches=caches,
        balances=caches.open(BALANCES),
        scans=caches.open(SCANS),
        tokens=CachedTokens(database=database, cache=caches.open(TOKENS), chain=chain),
    )
