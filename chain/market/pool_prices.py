"""Accounts of pools, vaults and mints -> what each pool says of its token's price now. Pure.

Addresses come from trades that were seen, or from where pools usually are; what an account is, and which two
tokens it trades, only the account itself says.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import product

from msgspec import Struct, structs
from solders.pubkey import Pubkey

from chain.market.curves import CURVES, PUMP, pump_curve
from chain.market.mint import read_mint
from chain.market.pool_accounts import PoolState, read_pool, vault_price
from chain.market.pools import (
    METEORA_DAMM_V2,
    METEORA_DBC,
    PUMP_SWAP,
    RAYDIUM_CLMM,
    RAYDIUM_CPMM,
    RAYDIUM_LAUNCHLAB,
    RAYDIUM_V4,
    WHIRLPOOL,
)
from chain.parsing.accounts import AccountAt
from domain.activity.activity import SOL, SOL_DECIMALS, WRAPPED_SOL
from domain.activity.prices import DOLLAR_DECIMALS
from domain.errors import Undecodable
from domain.security.mints import TOKEN_PROGRAMS
from domain.tokens.market_price import KnownPool, MintSupply, PoolPrice

_MINT = slice(0, 32)
_AMOUNT = slice(64, 72)
_TOKEN_ACCOUNT_BYTES = 165
_USDC = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"
_USD1 = "USD1ttGY1N17NEEHLmELoaybftRBUSErhqYiQzvEmuB"
_WHIRLPOOLS_CONFIG = "2LecshUwdy9xi7meFgHtFJQNSKk4KdTrcpvaB56dP2NQ"
_SPACINGS = (1, 2, 4, 8, 16, 64, 96, 128, 256)
"""Of ticks; a whirlpool's address holds it."""
_RAYDIUM_CONFIGS = range(5)
"""Numbers of Raydium's fee tiers, from which the addresses of their accounts are derived."""


Accounts = Mapping[str, AccountAt]
"""By address; those that do not exist are missing."""


class OpenPool(Struct, frozen=True, kw_only=True):
    """A pool whose account was read."""

    known: KnownPool
    """With its venue and vaults."""
    state: PoolState
    base: int
    """Which of the two tokens of `state` the price is of: 0 or 1."""
    slot: int


def mint_supply(mint: str, accounts: Accounts) -> MintSupply | None:
    """Return what the mint's account says; None: there is no such mint."""
    account = accounts.get(mint)
    if account is None:
        return None
    try:
        facts = read_mint(account.data, address=mint, program=account.owner)
    except Undecodable:
        return None
    return MintSupply(decimals=facts.decimals, supply=facts.supply)


def open_pool(known: KnownPool, accounts: Accounts) -> OpenPool | None:
    """Return what the pool's account says; None: there is none, or it trades something else."""
    account = accounts.get(known.pool)
    if account is None:
        return None
    try:
        state = read_pool(account.data, owner=account.owner)
    except (Undecodable, ValueError, ArithmeticError):
        return None
    mints = (known.mint, state.mints[1] or known.quote) if _is_curve_of(known, state) else state.mints
    if sorted(mints) != sorted((known.mint, known.quote)):
        return None
    base = mints.index(known.mint)
    vaults = None if state.vaults is None else (state.vaults[base], state.vaults[1 - base])
    named = structs.replace(known, venue=state.program, vaults=vaults, slot=account.slot)
    return OpenPool(known=named, state=state, base=base, slot=account.slot)


def _is_curve_of(known: KnownPool, state: PoolState) -> bool:
    """Return whether it is the curve of this token: such an account names its token or its quote only."""
    if state.program == METEORA_DBC:
        return state.mints[0] == known.mint
    return state.program == PUMP and known.pool == pump_curve(known.mint)


def is_over(pool: OpenPool) -> bool:
    """Return whether it is a curve at which nobody trades any more; what is left there is somebody's."""
    return pool.state.program in CURVES and pool.state.price is None


_AFTER = {
    PUMP: frozenset({PUMP_SWAP, RAYDIUM_V4}),
    RAYDIUM_LAUNCHLAB: frozenset({RAYDIUM_CPMM, RAYDIUM_V4}),
    METEORA_DBC: frozenset({METEORA_DAMM_V2}),
}
"""The venues to which the money of a curve goes; Meteora's may go to one that is not read."""


def lacks_successor(ended: Iterable[str], others: Iterable[str]) -> bool:
    """Return whether the money of a curve that is over went to a pool that is none of those known.

    Args:
        ended: programs of the curves that are over.
        others: those of the other pools.
    """
    venues = frozenset(others)
    return any(not _AFTER[program] & venues for program in ended)


def vaults_to_read(pools: Iterable[OpenPool], accounts: Accounts) -> list[str]:
    """The vaults of these pools that were not read yet."""
    wanted = (vault for one in pools for vault in one.known.vaults or ())
    return [*dict.fromkeys(vault for vault in wanted if vault not in accounts)]


def pool_price(pool: OpenPool, accounts: Accounts, supply: MintSupply) -> PoolPrice | None:
    """Return what a pool says of its token's price; None: nothing.

    Args:
        pool: the pool.
        accounts: with its vaults.
        supply: the token's decimals.
    """
    state, known = pool.state, pool.known
    amounts = vault_amounts(pool, accounts)
    raw = state.price if state.price is not None or amounts is None else vault_price(state, amounts)
    if raw is None or raw <= 0:
        return None
    quote = 1 - pool.base
    reserve = state.quote_reserve if amounts is None or state.quote_reserve is not None else amounts[quote]
    if reserve is None:
        return None
    of_quote = raw if pool.base == 0 else 1 / raw
    return PoolPrice(
        pool=structs.replace(known, liquidity_quote=reserve),
        price=of_quote * Fraction(10) ** (supply.decimals - known.quote_decimals),
        depth=min(reserve, *_limits(state, quote, reserve)),
        is_deep=state.price is None or state.active is not None or state.quote_reserve is not None,
        slot=pool.slot,
        is_concentrated=state.active is not None,
    )


def _limits(state: PoolState, quote: int, reserve: int) -> tuple[int, ...]:
    """What else bounds how much may be traded at the price: the liquidity there, and what does not count."""
    active = () if state.active is None else (state.active[quote],)
    return (*active, max(0, reserve + min(0, state.corrections[quote])))


def vault_amounts(pool: OpenPool, accounts: Accounts) -> tuple[int, int] | None:
    """Return what lies in the vaults, in the order of the pool's account; None: not known."""
    if pool.known.vaults is None:
        return None
    base = _amount(pool.known.vaults[0], pool.known.mint, accounts)
    quote = _amount(pool.known.vaults[1], pool.known.quote, accounts)
    if base is None or quote is None:
        return None
    return (base, quote) if pool.base == 0 else (quote, base)


def _amount(vault: str, mint: str, accounts: Accounts) -> int | None:
    account = accounts.get(vault)
    if account is None or account.owner not in TOKEN_PROGRAMS or len(account.data) < _TOKEN_ACCOUNT_BYTES:
        return None
    if bytes(account.data[_MINT]) != _key(mint):
        return None
    return int.from_bytes(account.data[_AMOUNT], "little")


def _key(mint: str) -> bytes:
    return bytes(Pubkey.from_string(WRAPPED_SOL if mint == SOL else mint))


def likely_pools(mint: str) -> list[KnownPool]:
    """Where pools of a token usually are, by the seeds of their addresses; most of these do not exist.

    Source of the seeds: the programs named in `chain/market/pools.py`.
    """
    try:
        key = _key(mint)
    except ValueError:
        return []
    found = [(pump_curve(mint), SOL)]
    for quote in (SOL, _USDC):
        first, second = sorted((key, _key(quote)))
        found += [(pool, quote) for pool in (_pump_swap(key, _key(quote)), *_raydium(first, second))]
        found += [(pool, quote) for pool in _whirlpools(first, second)]
    found += [(_derived(RAYDIUM_LAUNCHLAB, b"pool", key, _key(quote)), quote) for quote in (SOL, _USD1)]
    return [
        KnownPool(
            mint=mint,
            pool=pool,
            quote=quote,
            quote_decimals=SOL_DECIMALS if quote == SOL else DOLLAR_DECIMALS,
        )
        for pool, quote in found
        if quote != mint
    ]


def _derived(program: str, *seeds: bytes) -> str:
    return str(Pubkey.find_program_address([*seeds], Pubkey.from_string(program))[0])


def _pump_swap(mint: bytes, quote: bytes) -> str:
    """The pool to which Pump.fun moves a token whose curve is complete."""
    authority = _derived(PUMP, b"pool-authority", mint)
    return _derived(PUMP_SWAP, b"pool", bytes(2), bytes(Pubkey.from_string(authority)), mint, quote)


def _raydium(first: bytes, second: bytes) -> list[str]:
    """Of each fee tier of both its programs."""
    return [
        _derived(program, b"pool", _config(program, number), first, second)
        for program, number in product((RAYDIUM_CPMM, RAYDIUM_CLMM), _RAYDIUM_CONFIGS)
    ]


def _config(program: str, number: int) -> bytes:
    return bytes(Pubkey.from_string(_derived(program, b"amm_config", number.to_bytes(2, "big"))))


def _whirlpools(first: bytes, second: bytes) -> Sequence[str]:
    config = bytes(Pubkey.from_string(_WHIRLPOOLS_CONFIG))
    return [
        _derived(WHIRLPOOL, b"whirlpool", config, first, second, spacing.to_bytes(2, "little"))
        for spacing in _SPACINGS
    ]
