"""The history of blocks."""

from __future__ import annotations

from tests.sandbox.chain.wallets import SOL, key, new_chain


def test_the_oldest_blocks_fall_out_with_all_that_was_in_them() -> None:
    chain = new_chain(history=10)
    signature = str(chain.airdrop(key(1).pubkey(), SOL))
    block = chain.step().produced
    for _ in range(9):
        chain.step()
    assert chain.history.transaction(signature) is not None
    chain.step()
    assert chain.history.transaction(signature) is None
    assert chain.history.block(block.slot) is None
    assert list(chain.history.newest_first(str(key(1).pubkey()))) == []
    assert chain.history.first_slot == block.slot + 1
