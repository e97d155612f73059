"""What lies in a token's pools, and whose the shares are; a node that refuses leaves it unknown."""

import hashlib
from decimal import Decimal
from fractions import Fraction

import base58
import pytest
from solders.keypair import Keypair

from chain.market.locks import JUPITER_LOCK, SOON_SECONDS, streamflow_vault
from chain.market.pool_prices import likely_pools
from chain.market.pools import PUMP_SWAP, WHIRLPOOL
from chain.rpc.accounts import Account
from chain.scans.pools import PoolCandidates, read_liquidity
from domain.activity.activity import SOL, WRAPPED_SOL
from domain.security.checks import NotRead
from domain.security.facts import Liquidity, LiquidityShares
from domain.security.mints import TOKEN_PROGRAM, MintFacts
from domain.sentences import sentence
from tests.chain.market.lock_samples import jupiter_lock
from tests.chain.mints import plain
from tests.chain.scans.tables import REFUSED, TableNode, account, token_account

MINT = MintFacts(
    address=str(Keypair().pubkey()),
    program=TOKEN_PROGRAM,
    decimals=6,
    supply=10**15,
    mint_authority=None,
    freeze_authority=None,
)
CREATOR, SHARES, BASE, QUOTE = (str(Keypair().pubkey()) for _ in range(4))
POOLS = [one.pool for one in likely_pools(MINT.address) if one.quote == SOL]
PUMP_SWAP_POOL = POOLS[1]
CANDIDATES = PoolCandidates(dollars={SOL: Decimal(200)})


def pool_account(*, issued: int) -> Account:
    data = bytearray(300)
    data[:8] = hashlib.sha256(b"account:Pool").digest()[:8]
    keys = {11: CREATOR, 43: MINT.address, 75: WRAPPED_SOL, 107: SHARES, 139: BASE, 171: QUOTE}
    for at, key in keys.items():
        data[at : at + 32] = base58.b58decode(key)
    data[203:211] = issued.to_bytes(8, "little")
    return account(PUMP_SWAP_POOL, bytes(data), PUMP_SWAP)


def world(*, issued: int) -> dict[str, Account | None]:
    return {
        PUMP_SWAP_POOL: pool_account(issued=issued),
        BASE: account(BASE, token_account(MINT.address, PUMP_SWAP_POOL, 10**14)),
        QUOTE: account(QUOTE, token_account(WRAPPED_SOL, PUMP_SWAP_POOL, 150 * 10**9)),
        SHARES: account(SHARES, plain()),
    }


async def liquidity(node: TableNode) -> Liquidity:
    found = await read_liquidity(node, MINT, CANDIDATES, chain="solana")
    assert isinstance(found, Liquidity)
    return found


async def test_a_pool_at_its_usual_place_is_worth_twice_its_quote_side() -> None:
    (pool,) = (await liquidity(TableNode(world(issued=500)))).pools
    assert (pool.venue, pool.dollars, pool.quote) == ("PumpSwap", Decimal(60_000), SOL)


async def test_shares_that_were_burned_are_missing_from_their_supply() -> None:
    node = TableNode(world(issued=500))  # 5 of them are left
    (pool,) = (await liquidity(node)).pools
    assert pool.shares == LiquidityShares(burned=Fraction(99, 100))
    assert len(node.asked) == 2


async def test_shares_that_are_left_are_looked_for_among_their_holders() -> None:
    accounts = world(issued=5)
    holder = str(Keypair().pubkey())
    accounts[holder] = account(holder, token_account(SHARES, CREATOR, 4))
    answers = {"getTokenLargestAccounts": {"value": [{"address": holder, "amount": "4"}]}}
    (pool,) = (await liquidity(TableNode(accounts, answers))).pools
    assert pool.shares == LiquidityShares(creator=Fraction(4, 5))
    (pool,) = (await liquidity(TableNode(accounts))).pools
    assert isinstance(pool.shares, NotRead)
    assert str(pool.shares.reason) == f"0 % of its shares are burned; {REFUSED}"


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (940, LiquidityShares(creator=Fraction(1), unlocks_at=1_000)),
        (999 - SOON_SECONDS, LiquidityShares(locked=Fraction(1), unlocks_at=1_000)),
    ],
)
async def test_shares_whose_lock_ends_soon_are_in_the_hands_of_who_gets_them(
    now: int, expected: LiquidityShares
) -> None:
    accounts, holder = world(issued=400), str(Keypair().pubkey())
    escrow = streamflow_vault(SHARES)  # an address that no wallet can have
    accounts[escrow] = account(escrow, jupiter_lock(SHARES, CREATOR), JUPITER_LOCK)
    accounts[holder] = account(holder, token_account(SHARES, escrow, 400))
    mint = plain()
    accounts[SHARES] = account(SHARES, mint[:36] + (400).to_bytes(8, "little") + mint[44:])
    answers = {"getTokenLargestAccounts": {"value": [{"address": holder, "amount": "400"}]}}
    found = await read_liquidity(TableNode(accounts, answers), MINT, CANDIDATES, chain="solana", now=now)
    assert isinstance(found, Liquidity)
    assert found.pools[0].shares == expected


async def test_a_pool_of_positions_says_that_they_are_not_counted() -> None:
    data = bytearray(653)
    data[:8] = hashlib.sha256(b"account:Whirlpool").digest()[:8]
    first, second = sorted((MINT.address, WRAPPED_SOL), key=base58.b58decode)
    data[65:81] = (1 << 64).to_bytes(16, "little")
    data[101:133], data[181:213] = base58.b58decode(first), base58.b58decode(second)
    whirlpool = POOLS[-2]
    node = TableNode({whirlpool: account(whirlpool, bytes(data), WHIRLPOOL)})
    (pool,) = (await liquidity(node)).pools
    assert isinstance(pool.shares, NotRead)
    assert pool.dollars is None


@pytest.mark.parametrize("accounts", [{}, {PUMP_SWAP_POOL: account(PUMP_SWAP_POOL, b"short", PUMP_SWAP)}])
async def test_where_no_pool_is_found_that_is_no_proof_of_none(accounts: dict[str, Account | None]) -> None:
    found = await liquidity(TableNode(accounts))
    assert (found.pools, found.is_complete) == ((), False)


async def test_a_node_that_refuses_leaves_the_liquidity_unknown() -> None:
    assert await read_liquidity(TableNode(), MINT, CANDIDATES, chain="solana") == NotRead(
        reason=sentence(REFUSED)
    )
