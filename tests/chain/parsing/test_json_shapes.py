"""The JSON of nodes as typed shapes: each example in a docstring is read by the shape that it describes.
One bad byte loses one text.
"""

import contextlib
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chain.blocks import block, decoding, matching
from chain.blocks.block import read_block
from chain.blocks.decoding import block_activities
from chain.parsing import calls, json_shapes
from chain.parsing.calls import calls_of
from chain.parsing.json_shapes import decode_mending, explain, mended
from chain.parsing.transaction import read_transaction
from chain.rpc import accounts, mints, response, signatures
from chain.rpc.response import read_answer
from chain.stream import messages
from chain.stream.messages import PushedSlot, read_frame
from tests.chain import made_blocks, recorded, samples
from tests.chain.shapes import examples_of, shapes_of

MODULES = (
    accounts,
    block,
    calls,
    decoding,
    json_shapes,
    messages,
    matching,
    response,
    signatures,
    signatures,
    mints,
)
BAD = (
    rb"\ud83d",
    rb"\ude00",
    rb"\ud83d\u0041",
    rb"\ud83dx",
    rb"\x",
    rb"\u12",
    b"\x00",
    b"\x1f",
    b"\t",
    b"\xff",
    b"\xed\xa0\xbd",
)


@pytest.mark.parametrize(
    "shape",
    [shape for module in MODULES for shape in shapes_of(module)],
    ids=lambda shape: shape.__qualname__,
)
def test_the_example_of_a_shape_is_read_by_it(shape: Any) -> None:
    decoder = msgspec.json.Decoder(shape, strict=False)
    for example in examples_of(shape):
        decoder.decode(example)


def test_every_shape_of_the_border_shows_a_line_of_its_json() -> None:
    structs = [one for one in vars(json_shapes).values() if isinstance(one, type)]
    borders = [one for one in structs if issubclass(one, msgspec.Struct) and one is not msgspec.Struct]
    assert borders
    assert shapes_of(json_shapes) == borders


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"null", "no block: the node answered null"),
        (b'{"a":', "not a whole block: cut off after 5 bytes"),
        (b"[]", "not a block: Expected `object`, got `array`"),
    ],
)
def test_it_says_what_is_wrong(raw: bytes, text: str) -> None:
    with pytest.raises(msgspec.DecodeError) as caught:
        msgspec.json.decode(raw, type=json_shapes.Header)
    assert explain("block", raw, caught.value) == text


def test_half_an_emoji_in_one_log_costs_no_transaction_of_the_block() -> None:
    raw = recorded.fault("b12-half-an-emoji")
    decoded = block_activities(raw, slot=1, chain="solana", watched=None)
    assert (len(decoded.activities), decoded.undecodable) == (len(read_block(raw).transactions), [])
    assert len(decoded.activities) >= 2


@pytest.mark.parametrize("bad", BAD)
def test_a_bad_text_costs_nothing_wherever_json_is_read(bad: bytes) -> None:
    log = b"nothing to read here"
    good = samples.raw(samples.swap())
    broken = good.replace(log, b"cut " + bad)
    assert broken != good
    assert read_transaction(broken).keys == read_transaction(good).keys
    assert len(calls_of(read_transaction(broken))) == len(calls_of(read_transaction(good)))
    block = samples.raw(made_blocks.block(samples.swap())).replace(log, b"cut " + bad)
    for watched in (None, {made_blocks.TRADER}):
        assert len(block_activities(block, slot=9, chain="solana", watched=watched).activities) == 1
    answer = read_answer(200, b'{"jsonrpc":"2.0","id":1,"result":' + block + b"}", provider="node")
    assert len(read_block(answer).transactions) == 1


def test_a_frame_with_a_bad_text_is_read() -> None:
    frame = rb'{"method":"slotNotification","params":{"result":{"slot":5,"note":"\ud83d"},"subscription":1}}'
    found = read_frame(frame)
    assert isinstance(found, PushedSlot)
    assert found.slot == 5
    assert isinstance(read_frame(frame.decode()), PushedSlot)


def test_numbers_as_texts_are_numbers() -> None:
    block = made_blocks.block(samples.swap())
    block["blockTime"], block["parentSlot"] = str(block["blockTime"]), str(block["parentSlot"])
    meta = block["transactions"][0]["meta"]
    meta["fee"] = str(meta["fee"])
    meta["preBalances"] = [str(one) for one in meta["preBalances"]]
    for watched in (None, {made_blocks.TRADER}):
        decoded = block_activities(samples.raw(block), slot=9, chain="solana", watched=watched)
        assert (len(decoded.activities), decoded.undecodable) == (1, [])


@given(st.text())
def test_good_json_is_left_as_it_is(text: str) -> None:
    for raw in (json.dumps({"a": text}), json.dumps({"a": text}, ensure_ascii=False)):
        assert mended(raw.encode()) == raw.encode()


@given(st.binary())
def test_whatever_the_bytes_it_never_fails_otherwise(raw: bytes) -> None:
    with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError):
        decode_mending(msgspec.json.decode, raw)
