"""What SOL costs stands in accounts of the chain, and moves with its pool."""

from decimal import Decimal
from fractions import Fraction

import pytest
from solders.pubkey import Pubkey

from chain.market.price_feeds import (
    CLOCK,
    MAX_AGE,
    believed_feed,
    feed_accounts,
    price_accounts,
    read_feed,
    read_prices,
)
from domain.activity.activity import SOL
from domain.activity.prices import worth
from sandbox.actors.market.price_feeds import (
    DOLLAR_FEED,
    RECEIVER,
    SLOTS_BETWEEN,
    SOL_FEED,
    PricePublisher,
    feed_account,
)
from sandbox.actors.market.tokens import LAMPORTS
from tests.sandbox.actors.running import RunningSimulation

USDC = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"


def _prices(running: RunningSimulation) -> dict[str, float]:
    accounts = {
        address: account
        for address in price_accounts()
        if (account := running.chain.account(Pubkey.from_string(address))) is not None
    }
    found = read_prices(
        {address: _StoredAccount(str(one.owner), one.data) for address, one in accounts.items()}
    )
    return {price.mint: float(price.usd) for price in found}


class _StoredAccount:
    def __init__(self, owner: str, data: bytes) -> None:
        self.owner, self.data = owner, data


def test_the_product_reads_what_the_sandbox_publishes(idle: RunningSimulation) -> None:
    assert _prices(idle) == {SOL: pytest.approx(200, rel=0.05), USDC: 1.0}
    assert str(feed_account(SOL_FEED)) in feed_accounts(SOL)
    assert str(feed_account(DOLLAR_FEED)) in feed_accounts(USDC)


def test_a_purchase_of_dollars_moves_the_price_of_sol_down(idle: RunningSimulation) -> None:
    before = _prices(idle)[SOL]
    idle.simulation.buy(idle.simulation.whale("Ahab"), idle.simulation.token("USDC"), 100 * LAMPORTS)
    idle.run(SLOTS_BETWEEN + 1)
    assert _prices(idle)[SOL] < before


def test_a_price_is_as_old_as_the_block_in_which_it_was_published(idle: RunningSimulation) -> None:
    account = idle.chain.account(feed_account(SOL_FEED))
    clock = idle.chain.account(Pubkey.from_string(CLOCK))
    assert account is not None
    assert clock is not None
    price = read_feed(account.data, owner=str(RECEIVER), mint=SOL)
    assert believed_feed([price], price.published_at) == price
    assert price.confidence < price.usd * Fraction(1, 100)


def _publisher(running: RunningSimulation) -> PricePublisher:
    publisher = running.simulation.publisher
    assert publisher is not None
    return publisher


def test_a_dollar_off_its_peg_is_no_dollar_any_more(idle: RunningSimulation) -> None:
    _publisher(idle).depeg(97)
    idle.run(SLOTS_BETWEEN + 1)
    prices = {mint: Decimal(str(usd)) for mint, usd in _prices(idle).items()}
    assert prices[USDC] == Decimal("0.97")
    assert worth("sandbox", USDC, 100 * 10**6, prices) == 97


@pytest.mark.parametrize(("lag", "mints"), [(MAX_AGE, {SOL, USDC}), (MAX_AGE + 1, set())])
def test_a_feed_that_lags_behind_the_chain_counts_no_more_after_three_minutes(
    idle: RunningSimulation, lag: int, mints: set[str]
) -> None:
    _publisher(idle).lag(lag)
    idle.run(SLOTS_BETWEEN + 1)
    assert _prices(idle).keys() == mints
