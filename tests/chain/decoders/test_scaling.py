"""Legs of tokens that are shown scaled."""

from chain.decoders.scaling import as_shown
from tests.chain.samples import USDC
from tests.chain.wallets import ALICE, MINT, activity_of, exchange


def test_only_the_legs_of_scaled_tokens_are_scaled_and_cut_not_rounded() -> None:
    bought = activity_of(exchange(USDC, MINT), ALICE)
    (scaled,) = as_shown([bought], {MINT: (10_039, 10_000)})
    assert [(leg.raw, leg.displayed_raw) for leg in scaled.received] == [(7, 7)]
    assert scaled.paid == bought.paid
    (tenfold,) = as_shown([bought], {MINT: (100, 10)})
    assert [(leg.raw, leg.displayed_raw) for leg in tenfold.received] == [(7, 70)]
    assert as_shown([bought], {}) == [bought]
