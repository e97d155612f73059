"""Batches of each partition: complete, in order, without gaps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.sharding import ALL_PARTITIONS, RawTransaction, partition_of
from scanner.commit.sink import BlockContent
from scanner.pipeline import batching as batching_module
from scanner.pipeline.batching import batches_of

WALLETS = [f"wallet-{number}" for number in range(40)]


def block(slot: int, *wallets: tuple[str, ...], size: int = 10) -> BlockContent:
    transactions = tuple(
        RawTransaction(raw=b"x" * size, wallets=named, slot=slot, position=position)
        for position, named in enumerate(wallets)
    )
    return BlockContent(slot=slot, parent_slot=slot - 1, transactions=transactions)


NAMED = st.lists(
    st.lists(st.sampled_from(WALLETS), min_size=1, max_size=4, unique=True).map(tuple), max_size=4
)


@given(st.lists(NAMED, min_size=1, max_size=8), st.sampled_from([1, 20, 1_000]))
def test_every_wallet_finds_its_transactions_once_in_order_in_batches_without_gaps(
    contents: list[list[tuple[str, ...]]], portion: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batching_module, "MAX_PORTION_BYTES", portion)
        blocks = [block(11 + number, *named) for number, named in enumerate(contents)]
        upto = 10 + len(blocks) + 2
        batches = list(batches_of(blocks, after=10, upto=upto))
    for partition in ALL_PARTITIONS:
        ours = [batch for batch in batches if batch.partition == partition]
        assert [batch.after for batch in ours] == [10, *(batch.upto for batch in ours[:-1])]
        assert ours[-1].upto == upto
    for wallet in WALLETS:
        batched = [(c.slot, c.position) for h in batches for c in h.transactions if wallet in c.wallets]
        assert batched == [
            (c.slot, c.position) for b in blocks for c in b.transactions if wallet in c.wallets
        ]
    for batch in batches:
        assert all(
            partition_of(wallet) == batch.partition
            for transaction in batch.transactions
            for wallet in transaction.wallets
        )
        assert all(
            batch.after < (c.slot or 0) <= batch.upto
            for c in batch.transactions
            if batch.after and batch.upto
        )


def test_blocks_that_were_quarantined_are_left_out_and_passed() -> None:
    batches = list(batches_of([BlockContent(slot=11, parent_slot=10)], after=10, upto=11))
    assert {(batch.after, batch.upto, batch.transactions) for batch in batches} == {(10, 11, ())}


def test_what_was_read_again_of_slots_before_makes_nothing_complete() -> None:
    again = block(9, ("wallet-1",))
    first, *others = batches_of([block(11, ("wallet-1",)), again], after=10, upto=11)
    assert (first.after, first.upto, first.transactions) == (None, None, again.transactions)
    assert {(batch.after, batch.upto) for batch in others} == {(10, 11)}
