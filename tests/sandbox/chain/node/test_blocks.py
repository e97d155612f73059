"""Blocks and their commitment."""

from __future__ import annotations

import itertools

from sandbox.chain.node.blocks import Commitment
from tests.sandbox.chain.wallets import new_chain


def test_blocks_become_confirmed_and_final_after_their_slots() -> None:
    chain = new_chain(confirmed_lag=2, finalized_lag=3)
    first = chain.step().produced
    assert chain.step().confirmed == []
    assert chain.step().confirmed == [first]
    assert chain.step().finalized == [first]
    assert first.commitment is Commitment.finalized
    assert chain.history.tip(Commitment.processed).slot == first.slot + 3


def test_each_block_names_the_one_before() -> None:
    chain = new_chain(skip_probability=0.5, seed=3)
    blocks = [chain.step().produced for _ in range(30)]
    for before, after in itertools.pairwise(blocks):
        assert after.parent == before.slot
        assert after.previous == before.blockhash
        assert after.height == before.height + 1
        assert after.slot > before.slot
