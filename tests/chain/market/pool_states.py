"""A pool of a token and SOL with its vaults, as a node gives their accounts."""

from msgspec import Struct

from chain.market.pool_prices import open_pool, pool_price
from domain.activity.activity import SOL
from domain.tokens.market_price import KnownPool, MintSupply, PoolPrice
from tests.chain import samples
from tests.chain.market import price_samples
from tests.chain.market.price_samples import CPMM, TOKEN_PROGRAM

MINT, POOL = samples.address("a token"), samples.address("a pool")
VAULTS = samples.address("base vault"), samples.address("quote vault")
KNOWN = KnownPool(mint=MINT, pool=POOL, quote=SOL, quote_decimals=9)
SUPPLY = MintSupply(decimals=6, supply=10**15)


class Read(Struct, frozen=True):
    """An account as a node gave it."""

    owner: str
    data: bytes
    slot: int = 77


def vaults(base: int, quote: int, *, mint: str = MINT) -> dict[str, Read]:
    return {
        VAULTS[0]: Read(TOKEN_PROGRAM, price_samples.token_account(mint, base)),
        VAULTS[1]: Read(TOKEN_PROGRAM, price_samples.token_account(SOL, quote)),
    }


def priced(accounts: dict[str, Read], known: KnownPool = KNOWN) -> PoolPrice | None:
    pool = open_pool(known, accounts)
    assert pool is not None
    return pool_price(pool, accounts, SUPPLY)


def constant(*, turned: bool = False, fees: tuple[int, int] = (0, 0)) -> dict[str, Read]:
    mints, names = (MINT, SOL), VAULTS
    if turned:
        mints, names = (SOL, MINT), (VAULTS[1], VAULTS[0])
    return {POOL: Read(CPMM, price_samples.cpmm_pool(mints, names, fees=fees))}
