"""What lies in a token's pools, and whose the shares are; a node that refuses leaves it unknown."""

import hashlib
from decimal import Decimal
from fractions import Fraction

import base58
import msgspec
import pytest
from solders.keypair import Keypair

from chain.market.bin_positions import bin_arrays
from chain.market.curves import PUMP
from chain.market.depth.sales import accounts_below
from chain.market.locks import JUPITER_LOCK, SOON_SECONDS, streamflow_vault
from chain.market.owners import DAMM_V2_AUTHORITY, DBC_AUTHORITY
from chain.market.pool_prices import likely_pools
from chain.market.pools import (
    METEORA_DAMM_V2,
    METEORA_DBC,
    METEORA_DLMM,
    PUMP_SWAP,
    RAYDIUM_CLMM,
    WHIRLPOOL,
)
from chain.rpc.accounts import Account
from chain.scans.pools import PoolCandidates, read_liquidity
from domain.activity.activity import SOL, WRAPPED_SOL
from domain.security.checks import NotRead, Verdict
from domain.security.facts import Holder, Holders, Liquidity, LiquidityShares, OwnerKind
from domain.security.liquidity import is_withdrawn, parked_check
from domain.security.mints import TOKEN_PROGRAM, MintFacts
from domain.sentences import sentence
from domain.tokens.market_price import KnownPool
from tests.chain.market.lock_samples import CANCEL_MODE, CANCELLED_AT, jupiter_lock
from tests.chain.market.position_samples import (
    SPACING,
    bin_array_bytes,
    damm_bytes,
    dbc_bytes,
    dlmm_bytes,
    pool_bytes,
    tick_array_bytes,
)
from tests.chain.mints import plain
from tests.chain.scans.pools import listed
from tests.chain.scans.tables import REFUSED, TableNode, account, token_account
from tests.domain.security.tokens import KNOWN, SOURCE

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


async def liquidity(node: TableNode, candidates: PoolCandidates = CANDIDATES) -> Liquidity:
    found = await read_liquidity(node, MINT, candidates, chain="solana")
    assert isinstance(found, Liquidity)
    return found


async def test_a_pool_at_its_usual_place_is_worth_twice_its_quote_side() -> None:
    (pool,) = (await liquidity(TableNode(world(issued=500)))).pools
    assert (pool.venue, pool.dollars, pool.quote) == ("PumpSwap", Decimal(60_000), SOL)


async def test_a_pool_whose_maker_takes_most_of_each_trade_is_found_out() -> None:
    own, vaults = str(Keypair().pubkey()), (str(Keypair().pubkey()), str(Keypair().pubkey()))
    data = bytearray(damm_bytes(MINT.address, WRAPPED_SOL, liquidity=10**31))
    data[8:16] = (990_000_000).to_bytes(8, "little")
    data[232:264], data[264:296] = base58.b58decode(vaults[0]), base58.b58decode(vaults[1])
    accounts = world(issued=500) | {
        own: account(own, bytes(data), METEORA_DAMM_V2),
        vaults[0]: account(vaults[0], token_account(MINT.address, own, 10**14)),
        vaults[1]: account(vaults[1], token_account(WRAPPED_SOL, own, 300 * 10**9)),
    }
    candidates = msgspec.structs.replace(CANDIDATES, owners=(own,))
    largest, other = (await liquidity(TableNode(accounts), candidates)).pools
    assert (largest.fee, other.fee) == (Fraction(99, 100), None)


def of_meteora(authority: str, *, raw: int = 10**14) -> dict[str, Account | None]:
    """A pool of DAMM v2, or a curve of Meteora's with its configuration, whose vaults that authority owns."""
    own, config = str(Keypair().pubkey()), str(Keypair().pubkey())
    vaults = (str(Keypair().pubkey()), str(Keypair().pubkey()))
    lies = {
        vaults[0]: account(vaults[0], token_account(MINT.address, authority, raw)),
        vaults[1]: account(vaults[1], token_account(WRAPPED_SOL, authority, 300 * 10**9)),
    }
    if authority == DAMM_V2_AUTHORITY:
        pool = bytearray(damm_bytes(MINT.address, WRAPPED_SOL, liquidity=10**31))
        pool[232:264], pool[264:296] = base58.b58decode(vaults[0]), base58.b58decode(vaults[1])
        return {own: account(own, bytes(pool), METEORA_DAMM_V2), **lies}
    settings = hashlib.sha256(b"account:PoolConfig").digest()[:8] + base58.b58decode(WRAPPED_SOL)
    settings = (settings.ljust(104, b"\0") + (990_000_000).to_bytes(8, "little")).ljust(239, b"\0")
    settings = (settings + bytes([20, 60, 20, 0])).ljust(1_048, b"\0")
    launch = dbc_bytes(MINT.address, vaults, config=config, quote=300 * 10**9)
    return {
        own: account(own, launch, METEORA_DBC),
        **lies,
        config: account(config, settings, METEORA_DBC),
    }


@pytest.mark.parametrize("authority", [DAMM_V2_AUTHORITY, DBC_AUTHORITY])
async def test_pools_of_meteora_in_which_nobody_was_seen_to_trade_are_found_by_their_vaults(
    authority: str,
) -> None:
    """One authority owns all vaults of the program; pools with none of the largest accounts are left out."""
    accounts, small = of_meteora(authority), of_meteora(authority, raw=5)
    own, vault, *_ = accounts
    listed_ = [listed(at, one.data, one.owner) for at, one in (*small.items(), *accounts.items()) if one]
    node = TableNode(accounts | small, {"getProgramAccounts": [listed_[0], listed_[len(small)]]})
    candidates = msgspec.structs.replace(CANDIDATES, owners=(authority,), vaults=(vault,))
    (pool,) = (await liquidity(node, candidates)).pools
    assert (pool.address, pool.dollars) == (own, Decimal(120_000))
    assert pool.is_curve == (authority == DBC_AUTHORITY)
    assert pool.fee == (Fraction(99, 100) if pool.is_curve else 0)
    assert pool.shares == LiquidityShares(locked=Fraction(2, 5) if pool.is_curve else Fraction(0))
    assert len(node.asked) <= 8
    refusing = TableNode(accounts)
    assert (await liquidity(refusing, candidates)).pools == ()
    elsewhere = TableNode(accounts)
    await liquidity(elsewhere)
    assert "getProgramAccounts" not in elsewhere.asked


async def test_money_in_a_pool_that_opens_in_a_hundred_years_counts_for_nothing() -> None:
    """Its maker says when it opens; until then it only makes a small pool look large."""
    accounts = of_meteora(DAMM_V2_AUTHORITY)
    own = next(iter(accounts))
    late = bytearray(_present(accounts[own]).data)
    late[472:480], late[480] = (2**40).to_bytes(8, "little"), 0
    candidates = msgspec.structs.replace(CANDIDATES, owners=(own,))
    main, other = (await liquidity(TableNode(world(issued=500) | accounts), candidates)).pools
    assert (main.address, main.dollars, other.dollars) == (own, Decimal(120_000), Decimal(60_000))
    closed = world(issued=500) | accounts | {own: account(own, bytes(late), METEORA_DAMM_V2)}
    main, other = (await liquidity(TableNode(closed), candidates)).pools
    assert (main.venue, main.dollars, other.dollars) == ("PumpSwap", Decimal(60_000), Decimal(0))


async def test_a_curve_whose_configuration_is_not_the_programs_is_left_out() -> None:
    accounts = of_meteora(DBC_AUTHORITY)
    own, vault, _, config = accounts
    forged = accounts | {config: account(config, _present(accounts[config]).data, METEORA_DLMM)}
    node = TableNode(forged, {"getProgramAccounts": [listed(own, _present(accounts[own]).data, METEORA_DBC)]})
    candidates = msgspec.structs.replace(CANDIDATES, owners=(DBC_AUTHORITY,), vaults=(vault,))
    assert all(pool.dollars is None for pool in (await liquidity(node, candidates)).pools)


async def test_a_curve_at_which_nobody_trades_any_more_is_no_pool() -> None:
    data = bytearray(81)
    data[:8] = hashlib.sha256(b"account:BondingCurve").digest()[:8]
    data[8:40] = b"".join(one.to_bytes(8, "little") for one in (10**15, 30 * 10**9, 0, 85 * 10**9))
    curve = POOLS[0]
    for is_complete, venues in ((0, {"Pump.fun", "PumpSwap"}), (1, {"PumpSwap"})):
        data[48] = is_complete
        node = TableNode(world(issued=500) | {curve: account(curve, bytes(data), PUMP)})
        assert {pool.venue for pool in (await liquidity(node)).pools} == venues


@pytest.mark.parametrize("is_found", [True, False])
async def test_a_curve_that_is_over_without_a_pool_that_may_follow_it_is_noticed(is_found: bool) -> None:  # noqa: FBT001 - a case
    own, *_ = curve = of_meteora(DBC_AUTHORITY)
    after, *_ = follows = of_meteora(DAMM_V2_AUTHORITY)
    ended = bytearray(_present(curve[own]).data)
    ended[305] = 1
    accounts = world(issued=500) | curve | {own: account(own, bytes(ended), METEORA_DBC)}
    accounts |= follows if is_found else {}
    known = KnownPool(mint=MINT.address, pool=own, quote=SOL, quote_decimals=9)
    candidates = msgspec.structs.replace(CANDIDATES, known=(known,), owners=(after,))
    found = await liquidity(TableNode(accounts), candidates)
    assert (found.lacks_successor, len(found.pools)) == (not is_found, 1 + is_found)


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
    ("now", "flags", "expected"),
    [
        (940, (), LiquidityShares(creator=Fraction(1), unlocks_at=1_000)),
        (999 - SOON_SECONDS, (), LiquidityShares(locked=Fraction(1), unlocks_at=1_000)),
        (999 - SOON_SECONDS, (CANCEL_MODE,), LiquidityShares()),
        (999 - SOON_SECONDS, (CANCELLED_AT,), LiquidityShares()),
    ],
)
async def test_shares_are_locked_only_for_long_and_where_nobody_can_undo_it(
    now: int, flags: tuple[int, ...], expected: LiquidityShares
) -> None:
    accounts, holder = world(issued=400), str(Keypair().pubkey())
    escrow = streamflow_vault(SHARES)  # an address that no wallet can have
    accounts[escrow] = account(escrow, jupiter_lock(SHARES, CREATOR, *flags), JUPITER_LOCK)
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


def one_sided(program: str, *, is_cheap: bool) -> dict[str, Account | None]:
    """A quarter of the supply beside 0.01 SOL, at a price that its maker chose."""
    own, vaults = str(Keypair().pubkey()), (str(Keypair().pubkey()), str(Keypair().pubkey()))
    mints, bins = (MINT.address, WRAPPED_SOL), dict[str, Account | None]()
    if program == METEORA_DLMM:
        active = -2_000 if is_cheap else 0
        data = dlmm_bytes(*mints, vaults=vaults, active=active, step=100)
        ((number, at),) = bin_arrays(own, [active]).items()
        bins = {at: account(at, bin_array_bytes(own, number, {active: (0, 10**7, 1)}), program)}
    else:
        bits, tick = (50, -194_091) if is_cheap else (64, 0)
        liquidity = 10**7 << (64 - bits)
        data = pool_bytes(program, liquidity=liquidity, tick=tick, mints=mints, root=1 << bits, vaults=vaults)
    return {
        own: account(own, data, program),
        **bins,
        vaults[0]: account(vaults[0], token_account(MINT.address, own, MINT.supply // 4)),
        vaults[1]: account(vaults[1], token_account(WRAPPED_SOL, own, 10**7)),
    }


@pytest.mark.parametrize("program", [METEORA_DLMM, RAYDIUM_CLMM, WHIRLPOOL])
@pytest.mark.parametrize(("is_cheap", "paid"), [(True, 10**21 // (15 * 10**10)), (False, 10**7)])
async def test_a_pool_cannot_hide_supply_behind_a_low_price_of_its_own(
    program: str, paid: int, *, is_cheap: bool
) -> None:
    """What was paid counts at the price of the pool with most money, or at its own if that is higher."""
    accounts = one_sided(program, is_cheap=is_cheap)
    candidates = msgspec.structs.replace(CANDIDATES, owners=(next(iter(accounts)),))
    found = await liquidity(TableNode(world(issued=500) | accounts), candidates)
    main, other = found.pools
    assert main.paid_raw == pytest.approx(10**14, rel=1e-9)
    assert other.base_raw == MINT.supply // 4
    assert other.paid_raw == pytest.approx(paid, rel=1e-6)
    holders = Holders(
        top=(Holder(owner="vaults", raw=35 * 10**13, kind=OwnerKind.POOL),), supply=MINT.supply, source=SOURCE
    )
    facts = msgspec.structs.replace(KNOWN, holders=holders, liquidity=found)
    assert parked_check(facts).verdict is Verdict.WARN


FAR_BINS = -700
"""At this bin of one per cent the price is a thousandth."""


def drainable(program: str, *, near: int, far: int) -> tuple[str, dict[str, Account | None]]:
    """A pool with so much of the quote at its price of one lamport, and so much at a thousandth of that."""
    own, vaults = str(Keypair().pubkey()), (str(Keypair().pubkey()), str(Keypair().pubkey()))
    mints, size = (MINT.address, WRAPPED_SOL), 60 * SPACING
    vault = token_account(WRAPPED_SOL, own, near + far)
    accounts: dict[str, Account | None] = {
        vaults[0]: account(vaults[0], token_account(MINT.address, own, 10**9)),
        vaults[1]: account(vaults[1], vault),
    }
    if program == METEORA_DLMM:
        at_price, below = bin_arrays(own, [0, FAR_BINS]).values()
        accounts[own] = account(own, dlmm_bytes(*mints, vaults=vaults, active=0, step=100), program)
        accounts[at_price] = account(at_price, bin_array_bytes(own, 0, {0: (0, near, 1)}), program)
        accounts[below] = account(below, bin_array_bytes(own, -10, {FAR_BINS: (0, far, 1)}), program)
        return own, accounts
    accounts[own] = account(
        own, pool_bytes(program, liquidity=40 * near, tick=0, mints=mints, vaults=vaults), program
    )
    if program == WHIRLPOOL:
        size = 88 * SPACING
    (below,) = accounts_below(_present(accounts[own]), side=1, limit=2)[1:]
    ends = tick_array_bytes(program, own, -size, {-8 * SPACING: 40 * near})
    accounts[below] = account(below, ends, program)
    return own, accounts


def _present(found: Account | None) -> Account:
    assert found is not None
    return found


@pytest.mark.parametrize("program", [METEORA_DLMM, RAYDIUM_CLMM, WHIRLPOOL])
async def test_money_that_waits_far_below_the_price_neither_hides_a_drain_nor_makes_one(program: str) -> None:
    """It backs nothing, and its owner may take it back at any time without harm to anybody."""

    async def dollars(*, near: int, far: int) -> Decimal:
        own, accounts = drainable(program, near=near * 10**9, far=far * 10**9)
        candidates = msgspec.structs.replace(CANDIDATES, owners=(own,))
        (pool,) = (await liquidity(TableNode(accounts), candidates)).pools
        assert pool.dollars is not None
        return pool.dollars

    honest, decorated, drained = (
        await dollars(near=100, far=0),
        await dollars(near=100, far=10_000),
        await dollars(near=0, far=10_000),
    )
    assert honest == pytest.approx(40_000, rel=0.02)
    assert not is_withdrawn(decorated, honest)
    assert drained == 0
    assert is_withdrawn(honest, drained)


async def test_more_pools_take_nothing_from_what_is_seen_of_a_pool() -> None:
    """Else whoever makes some makes a token seem to be drained."""

    def pool() -> tuple[str, dict[str, Account | None]]:
        own, vaults = str(Keypair().pubkey()), (str(Keypair().pubkey()), str(Keypair().pubkey()))
        data = dlmm_bytes(MINT.address, WRAPPED_SOL, vaults=vaults, active=0, step=10)
        low = -17 * 70  # a third of the price, in the seventeenth account below it
        (at,) = bin_arrays(own, [low]).values()
        return own, {
            own: account(own, data, METEORA_DLMM),
            vaults[0]: account(vaults[0], token_account(MINT.address, own, 10**9)),
            vaults[1]: account(vaults[1], token_account(WRAPPED_SOL, own, 10**11)),
            at: account(at, bin_array_bytes(own, -17, {low: (0, 10**11, 1)}), METEORA_DLMM),
        }

    made = dict(pool() for _ in range(8))
    for owners in (list(made)[:1], list(made)):
        accounts = {at: one for own in owners for at, one in made[own].items()}
        candidates = msgspec.structs.replace(CANDIDATES, owners=tuple(owners))
        found = (await liquidity(TableNode(accounts), candidates)).pools
        assert [one.dollars for one in found] == [Decimal(40_000)] * len(owners)


@pytest.mark.parametrize("is_remembered", [True, False])
async def test_of_many_pools_those_count_that_are_read_and_one_that_is_remembered_is(
    is_remembered: bool,  # noqa: FBT001 - a case
) -> None:
    """Nobody parks money below the price of many pools to make a token seem easy to sell, or drained."""
    own, accounts = drainable(METEORA_DLMM, near=10**11, far=0)
    parked = [drainable(METEORA_DLMM, near=0, far=10**13) for _ in range(12)]
    for _, more in parked:
        accounts |= more
    pools = (own, *(address for address, _ in parked))
    known = KnownPool(mint=MINT.address, pool=own, quote=SOL, quote_decimals=9, liquidity_quote=10**11)
    candidates = msgspec.structs.replace(CANDIDATES, owners=pools, known=(known,) if is_remembered else ())
    found = (await liquidity(TableNode(accounts), candidates)).pools
    assert sum(one.dollars or 0 for one in found) == (40_000 if is_remembered else 0)


async def test_without_the_accounts_that_say_what_lies_where_liquidity_is_unknown() -> None:
    own, accounts = drainable(METEORA_DLMM, near=10**11, far=0)
    node = TableNode(accounts, fails_at=3)
    candidates = msgspec.structs.replace(CANDIDATES, owners=(own,))
    assert isinstance(await read_liquidity(node, MINT, candidates, chain="solana"), NotRead)


@pytest.mark.parametrize("accounts", [{}, {PUMP_SWAP_POOL: account(PUMP_SWAP_POOL, b"short", PUMP_SWAP)}])
async def test_where_no_pool_is_found_that_is_no_proof_of_none(accounts: dict[str, Account | None]) -> None:
    found = await liquidity(TableNode(accounts))
    assert (found.pools, found.is_complete) == ((), False)


async def test_a_node_that_refuses_leaves_the_liquidity_unknown() -> None:
    assert await read_liquidity(TableNode(), MINT, CANDIDATES, chain="solana") == NotRead(
        reason=sentence(REFUSED)
    )
