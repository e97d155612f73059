"""What of a block names watched wallets, found without decoding: the same as decoding finds."""

from typing import Any

import pytest
from msgspec import Raw

from chain.blocks.decoding import block_activities
from chain.blocks.matching import matched_block, mentioned_wallets
from chain.blocks.wallet_set import WatchedWallets
from chain.decoders.activities import activities
from chain.parsing.transaction import read_transaction
from domain.errors import Undecodable
from tests.chain import recorded, samples
from tests.chain.made_blocks import TRADER, block, somebody_elses


def _raw_block(*transactions: Any) -> bytes:
    return samples.raw(block(*transactions))


@pytest.mark.parametrize("form", [dict, samples.as_base64, samples.as_parsed])
def test_it_gives_position_and_wallets_in_every_encoding(form: Any) -> None:
    found = matched_block(_raw_block(form(somebody_elses()), form(samples.swap())), WatchedWallets([TRADER]))
    assert (found.parent_slot, found.block_time) == (8, 99)
    assert [(match.position, match.wallets) for match in found.matches] == [(1, (TRADER,))]
    assert found.unreadable == []


def test_what_cannot_be_read_is_reported_and_stops_nothing() -> None:
    broken = {"transaction": {"signatures": ["sig"], "message": 7}, "meta": None}
    found = matched_block(_raw_block(broken, samples.swap()), WatchedWallets([TRADER]))
    assert [match.position for match in found.matches] == [1]
    ((bad),) = found.unreadable
    assert (bad.position, bad.signature) == (0, "sig")


def test_what_is_no_block_is_refused() -> None:
    with pytest.raises(Undecodable):
        matched_block(b'{"no": "block"}', WatchedWallets())


def test_the_wallets_of_one_transaction_are_found_and_none_of_a_failed_one() -> None:
    watched = WatchedWallets([TRADER])
    sample = samples.swap()
    assert mentioned_wallets(samples.raw(sample), watched) == (TRADER,)
    sample["meta"]["err"] = {"InstructionError": [0, "Custom"]}
    assert mentioned_wallets(samples.raw(sample), watched) == ()


@pytest.mark.ledger
@pytest.mark.skipif(not recorded.LEDGER.is_dir(), reason="no recorded chain data in ../shared/ledger")
def test_of_recorded_blocks_it_keeps_all_that_decoding_finds() -> None:
    for slot, raw in recorded.blocks().items():
        every = block_activities(raw, slot=int(slot), chain="solana", watched=None)
        wallets = sorted({one.wallet for one in every.activities})[::7]
        watched = WatchedWallets(wallets)
        whole = block_activities(raw, slot=int(slot), chain="solana", watched=watched)
        matched = matched_block(raw, watched)
        apart = [one for match in matched.matches for one in _decoded(match.raw, match.wallets, int(slot))]
        assert {(one.signature, one.wallet) for one in apart} == {
            (one.signature, one.wallet) for one in whole.activities
        }
        assert len(apart) == len(whole.activities)


def _decoded(raw: Raw, wallets: tuple[str, ...], slot: int) -> Any:
    return activities(read_transaction(raw, slot=slot), chain="solana", wallets=frozenset(wallets))
