"""States of tokens, from the sandbox's mints and from accounts that a test writes."""

import base64
import struct
from decimal import Decimal
from typing import cast

import msgspec
import pytest
from solders.pubkey import Pubkey

from chain.market.bin_positions import bin_arrays
from chain.market.minters import bridge
from chain.market.pools import METEORA_DAMM_V2, METEORA_DBC, METEORA_DLMM, RAYDIUM_CPMM
from chain.rpc.pool import RpcPool
from chain.rpc.token_states import WatchedToken, read_token_states, token_account
from domain.activity.activity import SOL, WRAPPED_SOL
from domain.security.mints import TOKEN_2022_PROGRAM, TOKEN_PROGRAM
from domain.security.safety import TokenState
from domain.tokens.market_price import KnownPool
from sandbox.local import LocalSandbox
from tests.chain.market.position_samples import bin_array_bytes, dbc_bytes, dlmm_bytes
from tests.chain.nodes import confirm

MINT, CREATOR, BASE, QUOTE, PAIR = (str(Pubkey(bytes([number]) * 32)) for number in range(1, 6))
DOLLARS = {SOL: Decimal(100)}
POOL = KnownPool(mint=MINT, pool="pool", quote=SOL, quote_decimals=9, vaults=(BASE, QUOTE))


class Node:
    """Answers with the accounts that it was made with, by address: owner program and bytes."""

    names = ("node",)

    def __init__(self, accounts: dict[str, tuple[str, bytes]]) -> None:
        self.accounts = accounts
        self.asked: list[str] = []

    async def call(self, _: str, params: list[list[str]], **__: object) -> msgspec.Raw:
        self.asked += params[0]
        value = [self._account(address) for address in params[0]]
        return msgspec.Raw(msgspec.json.encode({"context": {"slot": 9}, "value": value}))

    def _account(self, address: str) -> dict[str, object] | None:
        if address not in self.accounts:
            return None
        owner, data = self.accounts[address]
        encoded = [base64.b64encode(data).decode(), "base64"]
        return {"lamports": 1, "owner": owner, "executable": False, "data": encoded, "space": len(data)}


def mint(supply: int) -> tuple[str, bytes]:
    return TOKEN_PROGRAM, bytes(36) + struct.pack("<QB", supply, 6) + b"\x01" + bytes(36)


def mint_of(authority: str) -> tuple[str, bytes]:
    program, data = mint(500)
    return program, struct.pack("<I", 1) + bytes(Pubkey.from_string(authority)) + data[36:]


def holding(raw: int, *, is_frozen: bool = False) -> tuple[str, bytes]:
    return TOKEN_PROGRAM, bytes(64) + struct.pack("<Q", raw) + bytes(36) + bytes([1 + is_frozen]) + bytes(56)


async def state(
    node: Node, *, creator: str | None = None, pools: tuple[KnownPool, ...] = ()
) -> TokenState | None:
    token = WatchedToken(mint=MINT, creator=creator, pools=pools)
    found = await read_token_states(cast("RpcPool", node), [token], chain="solana", dollars=DOLLARS)
    return found.get(MINT)


async def test_a_mint_alone_has_a_supply_and_no_liquidity_that_is_known() -> None:
    assert await state(Node({MINT: mint(500)})) == TokenState(slot=9, supply=500, hook="")
    assert await state(Node({})) is None
    assert await state(Node({MINT: holding(5)})) is None


async def test_liquidity_is_twice_what_lies_there_of_the_quote_and_a_vault_that_is_gone_is_empty() -> None:
    full = Node({MINT: mint(500), BASE: holding(7), QUOTE: holding(3 * 10**9)})
    found = await state(full, pools=(POOL,))
    assert found is not None
    assert found.liquidity == Decimal(600)
    gone = await state(Node({MINT: mint(500)}), pools=(POOL,))
    assert gone is not None
    assert gone.liquidity == 0
    unknown = msgspec.structs.replace(POOL, quote="nobody knows")
    other = await state(full, pools=(unknown,))
    assert other is not None
    assert other.liquidity is None


@pytest.mark.parametrize(
    ("near", "far", "is_off", "dollars"),
    [(3, 0, False, 600), (3, 300, False, 1_200), (0, 300, False, 0), (3, 0, True, 0)],
)
async def test_money_that_waits_far_below_a_price_or_in_a_pool_that_is_switched_off_is_no_liquidity(
    near: int,
    far: int,
    is_off: bool,  # noqa: FBT001 - a case
    dollars: int,
) -> None:
    """Neither does it hide that the rest was withdrawn, nor is taking it back a drain."""
    account = bytearray(dlmm_bytes(MINT, WRAPPED_SOL, vaults=(BASE, QUOTE), step=100))
    account[82] = is_off
    at_price, below = bin_arrays(PAIR, [0, -700]).values()
    accounts = {
        MINT: mint(500),
        PAIR: (METEORA_DLMM, bytes(account)),
        BASE: holding(7),
        QUOTE: holding((near + far) * 10**9),
        at_price: (METEORA_DLMM, bin_array_bytes(PAIR, 0, {0: (5, near * 10**9, 1)})),
        below: (METEORA_DLMM, bin_array_bytes(PAIR, -10, {-700: (0, far * 10**9, 1)})),
    }
    pool = msgspec.structs.replace(POOL, pool=PAIR, venue=METEORA_DLMM)
    found = await state(Node(accounts), pools=(pool,))
    assert found is not None
    assert found.liquidity == dollars


async def test_a_curve_whose_money_has_gone_to_a_pool_is_not_drained() -> None:
    """Nobody may know that pool yet: what lies there is unknown then, not nothing."""
    curve = msgspec.structs.replace(POOL, pool=PAIR, venue=METEORA_DBC)
    liquidity: list[Decimal | None] = []
    for is_over in (False, True):
        data = dbc_bytes(MINT, (BASE, QUOTE), config=CREATOR, quote=3 * 10**9, is_migrated=is_over)
        vaults = {BASE: holding(7), QUOTE: holding(0 if is_over else 3 * 10**9)}
        found = await state(Node({MINT: mint(500), PAIR: (METEORA_DBC, data), **vaults}), pools=(curve,))
        assert found is not None
        liquidity.append(found.liquidity)
    assert liquidity == [600, None]
    closed = await state(Node({MINT: mint(500)}), pools=(curve,))
    assert closed is not None
    assert closed.liquidity is None


@pytest.mark.parametrize(("venue", "dollars"), [(METEORA_DAMM_V2, 600), (RAYDIUM_CPMM, None)])
async def test_after_a_curve_that_is_over_only_a_pool_that_may_follow_it_counts(
    venue: str, dollars: int | None
) -> None:
    """Else a tiny pool of anybody's would look like what is left."""
    curve = msgspec.structs.replace(POOL, pool=PAIR, venue=METEORA_DBC, vaults=(CREATOR, CREATOR))
    found = await state(
        Node({MINT: mint(500), BASE: holding(7), QUOTE: holding(3 * 10**9)}),
        pools=(curve, msgspec.structs.replace(POOL, venue=venue)),
    )
    assert found is not None
    assert found.liquidity == dollars


async def test_another_pool_takes_nothing_from_what_is_seen_of_a_pool() -> None:
    """Else whoever makes two empty pools would make a token seem to be drained."""
    low = -4 * 70  # in the fifth account of bins below the price
    (below,) = bin_arrays(PAIR, [low]).values()
    accounts = {
        MINT: mint(500),
        PAIR: (METEORA_DLMM, dlmm_bytes(MINT, WRAPPED_SOL, vaults=(BASE, QUOTE), step=20)),
        BASE: holding(7),
        QUOTE: holding(3 * 10**9),
        below: (METEORA_DLMM, bin_array_bytes(PAIR, -4, {low: (0, 3 * 10**9, 1)})),
    }
    pool = msgspec.structs.replace(POOL, pool=PAIR, venue=METEORA_DLMM)
    empty = [
        msgspec.structs.replace(pool, pool=name, vaults=(f"{name} base", f"{name} quote"))
        for name in (CREATOR, str(Pubkey(bytes([9]) * 32)))
    ]
    for one in empty:
        data = dlmm_bytes(MINT, WRAPPED_SOL, vaults=(CREATOR, CREATOR), step=20)
        accounts[one.pool] = (METEORA_DLMM, data)
    alone, among_others = (
        await state(Node(accounts), pools=(pool,)),
        await state(Node(accounts), pools=(pool, *empty)),
    )
    assert alone is not None
    assert among_others is not None
    assert alone.liquidity == among_others.liquidity == 600


async def test_a_frozen_vault_freezes_the_token() -> None:
    node = Node({MINT: mint(500), BASE: holding(7, is_frozen=True), QUOTE: holding(5)})
    found = await state(node, pools=(POOL,))
    assert found is not None
    assert found.is_frozen


async def test_what_the_creator_has_left_is_summed_over_both_programs() -> None:
    first, second = (token_account(CREATOR, MINT, program) for program in (TOKEN_PROGRAM, TOKEN_2022_PROGRAM))
    node = Node({MINT: mint(500), first: holding(40), second: holding(2)})
    found = await state(node, creator=CREATOR)
    assert found is not None
    assert found.creator_raw == 42
    sold = await state(Node({MINT: mint(500)}), creator=CREATOR)
    assert sold is not None
    assert sold.creator_raw == 0


def test_the_address_of_a_token_account_is_that_of_the_sandbox(sandbox: LocalSandbox) -> None:
    whale, token = sandbox.simulation.whales[0].address, sandbox.simulation.token("MITTEN")
    expected = str(token.account_of(Pubkey.from_string(whale)))
    assert token_account(whale, str(token.mint), str(token.program)) == expected


async def test_all_tokens_of_the_sandbox_are_read_in_one_request(sandbox: LocalSandbox, rpc: RpcPool) -> None:
    await confirm(sandbox)
    mints = [str(token.mint) for token in sandbox.simulation.tokens]
    tokens = [WatchedToken(mint=one) for one in mints]
    found = await read_token_states(rpc, tokens, chain="sandbox", dollars={})
    assert set(found) == set(mints)
    assert all(one.supply > 0 for one in found.values())


async def test_frozen_tokens_of_followed_wallets_are_known_by_wallet() -> None:
    wallets = [str(Pubkey(bytes([number]) * 32)) for number in range(8, 11)]
    accounts = {MINT: mint(500)} | {
        token_account(wallet, MINT, TOKEN_PROGRAM): holding(7, is_frozen=wallet != wallets[1])
        for wallet in wallets
    }
    token = WatchedToken(mint=MINT, holders=wallets)
    node = Node(accounts)
    found = await read_token_states(cast("RpcPool", node), [token], chain="solana", dollars=DOLLARS)
    assert found[MINT].frozen_holders == (wallets[0],)  # only two are checked
    assert found[MINT].free_holders == (wallets[1],)
    assert len(node.asked) == 5


async def test_what_a_bridge_alone_mints_is_issued_and_what_anybody_else_mints_is_not() -> None:
    bridged, other = (
        await state(Node({MINT: mint_of(bridge().authority)})),
        await state(Node({MINT: mint_of(BASE)})),
    )
    assert bridged is not None
    assert bridged.is_issued
    assert other is not None
    assert not other.is_issued


async def test_the_program_that_is_asked_at_transfers_is_known() -> None:
    hook = struct.pack("<HH", 14, 64) + bytes(32) + bytes(Pubkey.from_string(QUOTE))
    data = mint(500)[1] + bytes(83) + b"\x01" + hook
    found = await state(Node({MINT: (TOKEN_2022_PROGRAM, data)}))
    assert found is not None
    assert found.hook == QUOTE
