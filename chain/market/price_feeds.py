"""Bytes of Pyth price accounts -> a price in dollars that can be believed, or none. Pure.

Two programs publish each feed since 26 August 2026, and either may lag: both accounts are read, and the
newer one counts. Layout of PriceUpdateV2 and the addresses: pyth-network/pyth-crosschain,
`pyth_solana_receiver_sdk` and `push-oracle`, and the list of sponsored feeds in its developer hub. An
account's address is derived from the number of its shard, 0, and the feed's id.
"""

import struct
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cache, lru_cache
from statistics import median_low

from msgspec import Struct
from solders.pubkey import Pubkey

from chain.market.coin_fills import CoinFill, fills_at
from chain.market.pool_accounts import read_pool
from chain.market.pools import RAYDIUM_CLMM, WHIRLPOOL
from chain.parsing.accounts import AccountData
from domain.activity.activity import SOL, SOL_DECIMALS, WRAPPED_SOL
from domain.activity.amounts import ratio
from domain.activity.prices import DOLLAR_DECIMALS, DollarSource, ReadPrice
from domain.errors import Undecodable

PROGRAMS = (
    ("rec5EKMGg6MxZYaMdyBfgwp4d5rB9T1VQH5pJv5LtFJ", "pythWSnswVUd12oZpeFP8e9CVaEqJg25g1Vtc2biRsT"),
    ("rec2HHDDnjLfj4kE7VyEtFA1HPGQLK33259532cRyHp", "pyt2F414BA6dPttK6RddPZUdHfapoBN24GL5wbrPCou"),
)
"""The owner of a price account, and the program from which its address is derived."""
_USDC = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"
FEEDS = {
    SOL: "ef0d8b6fda2ceba41da15d4095d1da392a0d2f8ed0c6c7bc0f4cfac8c280b56d",
    _USDC: ("eaa020c61cc479712813461ce153894a96a6c00b21ed0cfc2798d1f9a9e9c94a"),
    "Es9vMFrzaCERmJfrF4H2FYD4KCoNkY11McCe8BenwNYB": (
        "2b89b9dc8fdf9f34709a5b106b472f0f39bb6ca9ce04b0fd7f2e971688e2e53b"
    ),
}
"""By mint, the id of the feed of its price in dollars: SOL, USDC, USDT."""
MAX_UNCERTAINTY = Fraction(1, 100)
"""Of a price, that its publishers may be apart; a feed that is less sure says nothing."""
MAX_AGE = 180
"""Seconds: three times the interval at which a feed is published at least."""
MAX_AHEAD = 60
"""Seconds by which a feed may be ahead of the block time."""
MAX_DIFFERENCE = Fraction(2, 100)
"""Of a price, by which pools and traders of SOL may lie elsewhere; beyond, nobody knows which is right."""
MIN_TRADERS = 3
"""Of SOL for a dollar token in the last blocks; what fewer got says nothing."""
CLOCK = "SysvarC1ock11111111111111111111111111111111"
"""The account in which the chain keeps its time."""

_DISCRIMINATOR = bytes.fromhex("22f123639d7ef4cd")
_FULL = 1
_FIELDS = struct.Struct("<8s32sB32sqQiqqqQQ")
"""Discriminator, authority, verification, feed; price, confidence, exponent, when; more that is not used."""
_MAX_EXPONENT = 18


class FeedPrice(Struct, frozen=True, kw_only=True):
    """What one account of a feed says."""

    usd: Fraction
    """Dollars for one whole token."""
    confidence: Fraction
    """By how many dollars its publishers are apart."""
    published_at: int
    """Unix seconds."""


@lru_cache
def feed_accounts(mint: str) -> tuple[str, ...]:
    """The addresses at which the price of `mint` stands; none: there is no feed of it."""
    feed = FEEDS.get(mint)
    if feed is None:
        return ()
    seeds = [bytes(2), bytes.fromhex(feed)]
    return tuple(
        str(Pubkey.find_program_address(seeds, Pubkey.from_string(program))[0]) for _, program in PROGRAMS
    )


def read_feed(data: bytes, *, owner: str, mint: str) -> FeedPrice:
    """Return what a price account says.

    Args:
        data: its bytes.
        owner: the program that owns it.
        mint: whose price it should be.

    Raises:
        Undecodable: it is no fully verified price of that feed; the text says why.
    """
    if owner not in {receiver for receiver, _ in PROGRAMS}:
        raise Undecodable("not owned by a price receiver")
    if len(data) < _FIELDS.size:
        raise Undecodable("a price account cut short")
    fields = _FIELDS.unpack_from(data)
    discriminator, _, verification, feed, price, confidence, exponent, published_at = fields[:8]
    if discriminator != _DISCRIMINATOR or verification != _FULL:
        raise Undecodable("no fully verified price")
    if feed.hex() != FEEDS.get(mint):
        raise Undecodable("the price of something else")
    if price <= 0 or abs(exponent) > _MAX_EXPONENT:
        raise Undecodable("a price that cannot be")
    unit = Fraction(10) ** exponent
    return FeedPrice(usd=price * unit, confidence=confidence * unit, published_at=published_at)


def believed_feed(prices: Iterable[FeedPrice], block_time: int) -> FeedPrice | None:
    """The newest price that is sure and fresh; None: there is none.

    Args:
        prices: what the accounts of one feed say.
        block_time: of the block in which they were read, Unix seconds; this host's clock says nothing.
    """
    sure = [
        one
        for one in prices
        if one.confidence <= one.usd * MAX_UNCERTAINTY
        and block_time - MAX_AGE <= one.published_at <= block_time + MAX_AHEAD
    ]
    return max(sure, key=lambda one: one.published_at, default=None)


@cache
def coin_pools() -> tuple[str, ...]:
    """Deep pools of SOL and USDC, by the seeds of their addresses: two of Whirlpool, one of Raydium."""
    first, second = sorted([Pubkey.from_string(WRAPPED_SOL), Pubkey.from_string(_USDC)], key=bytes)
    mints = [bytes(first), bytes(second)]
    program, config = Pubkey.from_string(WHIRLPOOL), Pubkey.from_string(_WHIRLPOOLS_CONFIG)
    pools = [
        Pubkey.find_program_address(
            [b"whirlpool", bytes(config), *mints, spacing.to_bytes(2, "little")], program
        )
        for spacing in _SPACINGS
    ]
    clmm = [b"pool", bytes(Pubkey.from_string(_CLMM_CONFIG)), *mints]
    pools.append(Pubkey.find_program_address(clmm, Pubkey.from_string(RAYDIUM_CLMM)))
    return tuple(str(address) for address, _ in pools)


_WHIRLPOOLS_CONFIG = "2LecshUwdy9xi7meFgHtFJQNSKk4KdTrcpvaB56dP2NQ"
_SPACINGS = (4, 8)
"""Of ticks; a whirlpool's address holds it."""
_CLMM_CONFIG = "9iFER3bpjf1PTTCQCfTRu17EJgvsxo9pVyA9QWwEuX4x"
"""Of Raydium's pools with the lowest fee."""
_CLOCK = struct.Struct("<QqQQq")
"""Slot, start of the epoch, epoch, epoch of the leader schedule, Unix seconds. Source: solana `clock.rs`."""


def price_accounts() -> tuple[str, ...]:
    """All that one question asks for: the chain's clock, both accounts of each feed, the pools of SOL."""
    return (CLOCK, *(address for mint in FEEDS for address in feed_accounts(mint)), *coin_pools())


def read_prices(accounts: Mapping[str, AccountData], fills: Sequence[CoinFill] = ()) -> list[ReadPrice]:
    """Return what the accounts of `price_accounts` say; a mint of which nothing sure is said is missing.

    Args:
        accounts: by address; those that do not exist are missing.
        fills: what traders of SOL got and gave in the last blocks.
    """
    block_time = _block_time(accounts.get(CLOCK))
    if block_time is None:
        return []
    found: list[ReadPrice] = []
    for mint in FEEDS:
        feed = believed_feed(_feeds(accounts, mint), block_time)
        if mint == SOL:
            price = coin_price(feed, _pool_prices(accounts), fills_at(fills, block_time), block_time)
            found += [] if price is None else [price]
        elif feed is not None:
            found.append(_published(mint, feed))
    return found


def coin_price(
    feed: FeedPrice | None, pools: Sequence[Fraction], fills: Sequence[Fraction], block_time: int
) -> ReadPrice | None:
    """Dollars for one SOL: by its feed, else by its pools, else by what traders got; None: nobody says any.

    It is certain where all that is known agrees; without a feed, where more than one thing says it.

    Args:
        feed: what is published; None: nothing fresh.
        pools: what each of its pools says.
        fills: what each trader got and gave recently.
        block_time: Unix seconds.
    """
    by_source = {
        DollarSource.FEED: [] if feed is None else [feed.usd],
        DollarSource.POOLS: pools,
        DollarSource.FILLS: fills if len(fills) >= MIN_TRADERS else [],
    }
    said = [(source, median_low(prices)) for source, prices in by_source.items() if prices]
    if not said:
        return None
    (source, usd), *others = said
    far = next((other for _, other in others if abs(other / usd - 1) > MAX_DIFFERENCE), None)
    spread = max(abs(price - usd) for price in by_source[source]) if feed is None else feed.confidence
    alone = feed is None and len(by_source[source]) + len(others) == 1
    torn = source is DollarSource.POOLS and spread > usd * MAX_DIFFERENCE
    return ReadPrice(
        mint=SOL,
        usd=ratio(usd),
        published_at=block_time if feed is None else feed.published_at,
        is_certain=far is None and not alone and not torn,
        source=source,
        confidence=ratio(spread),
        elsewhere=None if far is None else ratio(far),
    )


def _published(mint: str, feed: FeedPrice) -> ReadPrice:
    return ReadPrice(
        mint=mint,
        usd=ratio(feed.usd),
        published_at=feed.published_at,
        is_certain=True,
        confidence=ratio(feed.confidence),
    )


def _block_time(clock: AccountData | None) -> int | None:
    if clock is None or len(clock.data) < _CLOCK.size:
        return None
    return int(_CLOCK.unpack_from(clock.data)[4])


def _feeds(accounts: Mapping[str, AccountData], mint: str) -> Iterable[FeedPrice]:
    for address in feed_accounts(mint):
        account = accounts.get(address)
        if account is None:
            continue
        try:
            yield read_feed(account.data, owner=account.owner, mint=mint)
        except Undecodable:
            continue


def _pool_prices(accounts: Mapping[str, AccountData]) -> list[Fraction]:
    """Dollars for one SOL in each of the pools that can be read."""
    prices = []
    for address in coin_pools():
        account = accounts.get(address)
        if account is None:
            continue
        try:
            state = read_pool(account.data, owner=account.owner)
        except Undecodable:
            continue
        if state.price is not None and set(state.mints) == {SOL, _USDC}:
            price = state.price if state.mints[0] == SOL else 1 / state.price
            prices.append(price * 10 ** (SOL_DECIMALS - DOLLAR_DECIMALS))
    return prices
