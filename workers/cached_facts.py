"""Cached chain data of workers: balances, prices, scans, token names."""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from domain.activity.amounts import BalanceFacts
from domain.tokens.market_price import TokenPrice, UnknownPrice
from storage.cache import Cache, CacheSpec, always
from storage.caches import Caches
from storage.keys import CacheName
from storage.market.tokens import TOKENS, CachedTokens
from storage.postgres import Database
from storage.scans.cached import SCANS, ScanReading

BALANCE_SECONDS = 10.0
PRICE_SECONDS = 5.0


class BalanceReading(msgspec.Struct, frozen=True, kw_only=True):
    """What an address held, and when that was read.

    `{"facts": {"address": "86xC…", "lamports": 1500000000, "staked": null, "holdings": [], "slot":
    341220118}, "read_at": "2026-11-29T17:00:00Z"}`.
    """

    facts: BalanceFacts
    read_at: datetime


class PriceReading(msgspec.Struct, frozen=True, kw_only=True):
    """What a token costs, or why that is not known: one of the two.

    `{"price": null, "unknown": "no pool"}`.
    """

    price: TokenPrice | None = None
    unknown: UnknownPrice | None = None


BALANCES = CacheSpec(
    name=CacheName.BALANCES, type_=BalanceReading, seconds=always(BALANCE_SECONDS), local_seconds=0
)
"""By address. The scanner forgets a followed wallet when it acts."""


PRICES = CacheSpec(name=CacheName.PRICES, type_=PriceReading, seconds=always(PRICE_SECONDS), local_seconds=0)
"""By mint, so that many who ask for one token at the same time cost one reading."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CachedFacts:
    """The caches of a worker."""

    caches: Caches
    balances: Cache[BalanceReading]
    prices: Cache[PriceReading]
    scans: Cache[ScanReading]
    tokens: CachedTokens


def open_cached_facts(caches: Caches, database: Database, *, chain: str) -> CachedFacts:
    """The caches of a worker; once in a process.

    Args:
        caches: of this process.
        database: where names of tokens are looked up.
        chain: of the tokens.
    """
    return CachedFacts(
        caches=caches,
        balances=caches.open(BALANCES),
        prices=caches.open(PRICES),
        scans=caches.open(SCANS),
        tokens=CachedTokens(database=database, cache=caches.open(TOKENS), chain=chain),
    )
