"""The swap of one pool, from what its vaults took and gave."""

from fractions import Fraction

import pytest

from chain.decoders.flows import flows_in
from chain.market.pools import (
    MAX_FEE,
    MAX_FEE_UNREAD,
    PoolNote,
    PoolSwap,
    Side,
    SwapContext,
    inner_calls,
    pool_swap,
)
from chain.parsing.calls import calls_of
from chain.parsing.transaction import Transaction
from tests.chain import samples
from tests.chain.market import pool_samples
from tests.chain.market.pool_samples import BASE_VAULT, MINT, OTHER, POOL, QUOTE_VAULT

SOL = 10**9


def _swap(transaction: Transaction, virtual_quote: int | None = None) -> PoolSwap | None:
    calls = calls_of(transaction)
    virtual = {} if virtual_quote is None else {POOL: PoolNote(virtual_quote=virtual_quote)}
    return pool_swap(SwapContext(transaction, calls, flows_in(transaction, calls), virtual), 0)


def test_a_pool_took_sol_and_gave_tokens_and_shows_what_it_held() -> None:
    swap = _swap(pool_samples.buy(tokens=(1000, 900), sol=(9 * SOL, 10 * SOL)))
    assert swap is not None
    assert swap.pool == POOL
    assert swap.taken == Side(
        mint="SOL", decimals=9, exchanged=SOL, before=9 * SOL, after=10 * SOL, reserve=10 * SOL
    )
    assert swap.given == Side(mint=MINT, decimals=6, exchanged=100, before=1000, after=900, reserve=900)


def test_nodes_that_do_not_say_how_deep_calls_are_show_the_same() -> None:
    tokens, sol = (1000, 900), (9 * SOL, 10 * SOL)
    flat = pool_samples.buy(tokens=tokens, sol=sol, deep=False)
    assert _swap(flat) == _swap(pool_samples.buy(tokens=tokens, sol=sol))


def test_what_the_pools_account_adds_counts_on_the_side_of_the_quote() -> None:
    transaction = pool_samples.buy(tokens=(1000, 900), sol=(9 * SOL, 10 * SOL))
    unread, read = _swap(transaction), _swap(transaction, -SOL)
    assert unread is not None
    assert read is not None
    assert (read.taken.before, read.taken.after, read.taken.reserve) == (8 * SOL, 9 * SOL, 10 * SOL)
    assert (unread.max_fee, read.max_fee) == (MAX_FEE_UNREAD, MAX_FEE)
    assert MAX_FEE_UNREAD < MAX_FEE < Fraction(1, 10)


def test_a_vault_that_something_else_moved_too_shows_what_was_exchanged_but_no_price() -> None:
    more = [pool_samples.transfer(OTHER, BASE_VAULT, 50, None)]
    swap = _swap(pool_samples.buy(tokens=(1000, 900), sol=(9 * SOL, 10 * SOL), more=more))
    assert swap is not None
    assert (swap.given.exchanged, swap.given.before, swap.given.reserve) == (100, None, None)
    assert (swap.taken.exchanged, swap.taken.before) == (SOL, None)


def test_vaults_that_both_gained_are_no_swap() -> None:
    accounts = (OTHER, OTHER, POOL, OTHER, OTHER, BASE_VAULT, QUOTE_VAULT)
    call = pool_samples.call_of(samples.RAYDIUM_CLMM, bytes.fromhex("f8c69e91e17587c8"), accounts)
    inner = [
        pool_samples.transfer(OTHER, BASE_VAULT, 100),
        pool_samples.transfer(OTHER, QUOTE_VAULT, SOL),
    ]
    assert _swap(pool_samples.placed([(call, inner)], tokens=(900, 1000), sol=(9 * SOL, 10 * SOL))) is None


@pytest.mark.parametrize("data", [b"", b"\x01", bytes(8), bytes.fromhex("f223c68952e1f2b6")])
def test_another_instruction_of_the_program_is_no_swap(data: bytes) -> None:
    call = pool_samples.call_of(pool_samples.PUMP_SWAP, data, (POOL, BASE_VAULT, QUOTE_VAULT))
    assert _swap(pool_samples.placed([(call, [])], tokens=(1000, 900), sol=(SOL, 2 * SOL))) is None


def test_an_instruction_with_too_few_accounts_is_no_swap() -> None:
    call = pool_samples.call_of(pool_samples.PUMP_SWAP, pool_samples.PUMP_SWAP_BUY, (POOL, BASE_VAULT))
    assert _swap(pool_samples.placed([(call, [])], tokens=(1000, 900), sol=(SOL, 2 * SOL))) is None


@pytest.mark.parametrize(("count", "vaults"), [(18, (5, 6)), (17, (4, 5))])
def test_raydiums_first_pools_name_their_vaults_at_two_places(count: int, vaults: tuple[int, int]) -> None:
    accounts = [OTHER] * count
    accounts[1], accounts[vaults[0]], accounts[vaults[1]] = POOL, BASE_VAULT, QUOTE_VAULT
    program = "675kPX9MHTjS2zt1qfr1NYHuzeLXfQM9H24wFSUt1Mp8"
    call = pool_samples.call_of(program, b"\x09" + bytes(16), tuple(accounts))
    inner = [
        pool_samples.transfer(OTHER, BASE_VAULT, 100),
        pool_samples.transfer(QUOTE_VAULT, OTHER, SOL),
    ]
    swap = _swap(pool_samples.placed([(call, inner)], tokens=(900, 1000), sol=(10 * SOL, 9 * SOL)))
    assert swap is not None
    assert (swap.pool, swap.taken.mint, swap.given.mint) == (POOL, MINT, "SOL")
    assert (swap.given.before, swap.given.after) == (10 * SOL, 9 * SOL)


def test_a_pool_that_concentrates_liquidity_shows_no_price() -> None:
    accounts = (OTHER, OTHER, POOL, OTHER, OTHER, BASE_VAULT, QUOTE_VAULT)
    call = pool_samples.call_of(samples.RAYDIUM_CLMM, bytes.fromhex("f8c69e91e17587c8"), accounts)
    inner = [
        pool_samples.transfer(OTHER, BASE_VAULT, 100),
        pool_samples.transfer(QUOTE_VAULT, OTHER, SOL),
    ]
    swap = _swap(pool_samples.placed([(call, inner)], tokens=(900, 1000), sol=(10 * SOL, 9 * SOL)))
    assert swap is not None
    assert (swap.taken.exchanged, swap.given.exchanged, swap.taken.before) == (100, SOL, None)


def test_the_calls_of_a_swap_end_where_its_caller_goes_on() -> None:
    transaction = pool_samples.buy(
        tokens=(1000, 900), sol=(SOL, 2 * SOL), more=[pool_samples.transfer(OTHER, OTHER, 1, None)]
    )
    calls = calls_of(transaction)
    context = SwapContext(transaction, calls, flows_in(transaction, calls), {})
    assert [*inner_calls(context, 0)] == [0, 1, 2]
    assert [*inner_calls(context, 3)] == [3]
