"""The product's decoders, shown the town's blocks as a node serves them, say what the town says it did."""

import msgspec
import pytest

from chain.decoders.activities import activities
from chain.decoders.quote_mints import QUOTE_MINTS
from chain.parsing.transaction import read_transaction
from domain.activity.activity import Activity
from sandbox.actors.config import USDC, Pace, Population
from sandbox.chain.transactions.landed import Encoding
from tests.sandbox.actors.conftest import Place, Settle

BUSY = Pace(first=1, shortest=1, longest=4, spam=3, volume=1)


def decoded(place: Place, encoding: Encoding) -> list[Activity]:
    whales = {whale.address for whale in place.town.whales}
    found: list[Activity] = []
    for block in place.blocks:
        for one in block.transactions:
            transaction, meta = one.body.full(encoding)
            answer = {"slot": block.slot, "transaction": transaction, "meta": meta, "version": one.version}
            read = read_transaction(msgspec.json.encode(answer))
            found += activities(read, chain="solana", wallets=whales)
    return found


@pytest.mark.parametrize("encoding", ["json", "jsonParsed", "base64"])
def test_every_deed_is_decoded_exactly_and_nothing_else_is(settle: Settle, encoding: Encoding) -> None:
    place = settle(Population(pace=BUSY))
    place.live(150)
    seen = {
        (one.signature, one.wallet): (one.slot, one.kind, one.paid, one.received)
        for one in decoded(place, encoding)
    }
    told = {
        (deed.signature, deed.wallet): (deed.slot, deed.kind, deed.paid, deed.received)
        for deed in place.town.journal
        if not deed.failed
    }
    assert len(told) > 200
    assert seen == told


def test_the_dollar_of_the_town_is_the_one_that_prices_are_told_in() -> None:
    assert USDC in QUOTE_MINTS
