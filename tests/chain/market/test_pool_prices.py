"""What a pool says of its token's price now, from its account and its vaults."""

from fractions import Fraction

import base58
from msgspec import structs

from chain.market.pool_prices import likely_pools, mint_supply, open_pool, pool_price, vaults_to_read
from domain.activity.activity import SOL
from domain.tokens.market_price import MintSupply
from tests.chain import samples
from tests.chain.market import price_samples
from tests.chain.market.pool_states import KNOWN, MINT, POOL, SUPPLY, VAULTS, Read, constant, priced, vaults
from tests.chain.market.price_samples import CPMM, TOKEN_PROGRAM, USDC, WHIRLPOOL


def test_a_pool_tells_its_price_whichever_of_its_tokens_comes_first() -> None:
    for turned in (False, True):
        found = priced(constant(turned=turned) | vaults(2_000 * 10**6, 50 * 10**9))
        assert found is not None
        assert (found.price, found.depth, found.is_deep) == (Fraction(50, 2_000), 50 * 10**9, True)
        assert (found.pool.venue, found.pool.vaults, found.pool.slot) == (CPMM, VAULTS, 77)
        assert found.pool.liquidity_quote == 50 * 10**9


def test_fees_that_wait_in_the_vaults_set_no_price() -> None:
    found = priced(constant(fees=(1_000 * 10**6, 10 * 10**9)) | vaults(2_000 * 10**6, 50 * 10**9))
    assert found is not None
    assert (found.price, found.depth) == (Fraction(40, 1_000), 40 * 10**9)


def test_vaults_are_asked_for_once() -> None:
    pool = open_pool(KNOWN, constant())
    assert pool is not None
    assert vaults_to_read([pool, pool], constant()) == [*VAULTS]
    assert vaults_to_read([pool], vaults(1, 1)) == []
    assert pool_price(pool, constant(), SUPPLY) is None


def test_a_vault_of_another_token_says_nothing() -> None:
    assert priced(constant() | vaults(2_000, 50, mint=samples.address("another token"))) is None


def test_an_account_of_a_program_that_is_no_venue_is_no_pool() -> None:
    forged = constant()[POOL]
    assert open_pool(KNOWN, {POOL: structs.replace(forged, owner=samples.address("a program"))}) is None
    assert open_pool(KNOWN, {}) is None


def test_a_pool_of_other_tokens_is_not_this_tokens() -> None:
    other = structs.replace(KNOWN, mint=samples.address("another token"))
    assert open_pool(other, constant()) is None
    assert open_pool(structs.replace(KNOWN, quote=USDC), constant()) is None


def test_a_pool_that_concentrates_liquidity_is_as_deep_as_what_lies_at_its_price() -> None:
    price = Fraction(25, 1_000)
    for liquidity, depth in ((10**12, 50 * 10**9), (10**6, 158_113)):
        data = price_samples.concentrated_pool((MINT, SOL), VAULTS, price=price, liquidity=liquidity)
        found = priced({POOL: Read(WHIRLPOOL, data)} | vaults(10**12, 50 * 10**9))
        assert found is not None
        assert abs(found.price / (price / 1_000) - 1) < Fraction(1, 10**9)
        assert (found.depth, found.is_deep) == (depth, True)


def test_a_price_far_away_where_nothing_lies_has_no_depth() -> None:
    data = price_samples.concentrated_pool((MINT, SOL), VAULTS, price=Fraction(10**6), liquidity=0)
    found = priced({POOL: Read(WHIRLPOOL, data)} | vaults(1, 50_000 * 10**9))
    assert found is not None
    assert found.depth == 0


def test_a_mints_account_tells_decimals_and_supply() -> None:
    accounts = {MINT: Read(TOKEN_PROGRAM, price_samples.mint_account(7_000, 3))}
    assert mint_supply(MINT, accounts) == MintSupply(decimals=3, supply=7_000)
    assert mint_supply(MINT, {}) is None
    assert mint_supply(MINT, vaults(1, 1) | {MINT: vaults(1, 1)[VAULTS[0]]}) is None


def test_pools_are_looked_for_where_their_programs_put_them() -> None:
    pools = {(pool.pool, pool.quote) for pool in likely_pools(samples.WSOL)}
    assert ("Czfq3xZZDmsdGdUyrNLtRhGc47cXcZtLG4crryfu44zE", USDC) in pools
    of_token = likely_pools(MINT)
    assert len({one.pool for one in of_token}) == len(of_token) <= 50
    assert all(len(base58.b58decode(one.pool)) == 32 for one in of_token)
    assert likely_pools("no address") == []
