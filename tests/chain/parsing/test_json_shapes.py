"""The JSON of nodes as typed shapes: each example in a docstring is read by the shape that it describes."""

from typing import Any

import msgspec
import pytest

from chain.blocks import block, decoding, prefilter
from chain.parsing import calls, json_shapes
from chain.parsing.json_shapes import explain
from chain.rpc import accounts, response, signatures, statuses, token_age
from chain.stream import messages
from tests.chain.shapes import examples_of, shapes_of

MODULES = (
    accounts,
    block,
    calls,
    decoding,
    json_shapes,
    messages,
    prefilter,
    response,
    signatures,
    statuses,
    token_age,
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
