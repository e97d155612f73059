"""A block out of a node's JSON: its facts, its transactions apart, whatever is wrapped around it."""

from typing import Any

import msgspec
import pytest

from chain.blocks.block import read_block, signature_of
from chain.blocks.decoding import block_activities
from domain.errors import Undecodable
from tests.chain import made_blocks, recorded, samples


@pytest.mark.parametrize(
    "wrap",
    [
        lambda block: {"jsonrpc": "2.0", "result": block},
        lambda block: {"context": {"slot": 9}, "value": {"slot": 9, "err": None, "block": block}},
        lambda block: {
            "method": "blockNotification",
            "params": {
                "subscription": 1,
                "result": {"context": {"slot": 9}, "value": {"slot": 9, "err": None, "block": block}},
            },
        },
    ],
    ids=["answer", "payload", "notification"],
)
def test_it_takes_the_block_out_of_any_wrapping(wrap: Any) -> None:
    raw = samples.raw(wrap(made_blocks.block(samples.swap())))
    assert len(block_activities(raw, slot=9, chain="solana", watched={made_blocks.TRADER}).activities) == 1
    block = read_block(raw)
    assert (block.parent_slot, block.height, len(block.transactions)) == (8, 7, 1)
    assert block.slot in {None, 9}


def test_its_facts_are_read_and_its_transactions_are_not() -> None:
    broken = {"transaction": 7, "meta": "nonsense"}
    block = read_block(samples.raw({"blockhash": "b", "parentSlot": 8, "transactions": [broken]}))
    assert (block.blockhash, block.parent_slot, block.block_time, block.height) == ("b", 8, None, None)
    assert [msgspec.json.decode(raw) for raw in block.transactions] == [broken]


@pytest.mark.parametrize("raw", [b"null", b"{}", b"[", b'{"parentSlot":1}', b'{"result":null}', b"\xff"])
def test_what_is_no_block_cannot_be_read(raw: bytes) -> None:
    with pytest.raises(Undecodable):
        read_block(raw)


def test_the_signature_of_a_broken_transaction_is_read_where_it_can_be() -> None:
    assert signature_of(msgspec.Raw(b'{"transaction":{"signatures":["sig","other"]},"meta":7}')) == "sig"
    assert signature_of(msgspec.Raw(b'{"transaction":{"signatures":[]}}')) is None
    assert signature_of(msgspec.Raw(b'{"transaction":["AQID","base64"]}')) is None
    assert signature_of(msgspec.Raw(b"17")) is None


class TestRecorded:
    pytestmark = recorded.requires_ledger

    def test_blocks_of_every_year_are_read(self) -> None:
        blocks = {slot: read_block(raw) for slot, raw in recorded.blocks().items()}
        assert all(block.parent_slot < int(slot) for slot, block in blocks.items())
        assert len(blocks["254170887"].transactions) == 602
