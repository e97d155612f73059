"""A block that cannot be read at all is fetched again, and quarantined after some tries."""

from typing import cast

import msgspec

from chain.blocks.wallet_set import WatchedWallets
from scanner.commit.committer import Committer
from scanner.commit.decoder import Decoder
from scanner.commit.recorder import Recorder
from scanner.reconcile.block_reader import TRIES, BlockReader
from scanner.reconcile.continuity import NO_PARENT
from scanner.reconcile.slot_result import FetchedBlock


def test_a_block_that_cannot_be_read_is_fetched_again_and_then_quarantined() -> None:
    recorder = cast("Recorder", None)  # nothing is committed
    reader = BlockReader(Committer(recorder, Decoder(chain="sandbox"), WatchedWallets()))
    garbage = FetchedBlock(slot=7, raw=msgspec.Raw(b'{"transactions": 3}'))
    for _ in range(TRIES - 1):
        assert reader.read(garbage) is None
    block = reader.read(garbage)
    assert block is not None
    assert block.parent_slot == NO_PARENT
    assert [quarantined.raw for quarantined in block.quarantined] == [b'{"transactions": 3}']
    assert reader.read(garbage) is None
