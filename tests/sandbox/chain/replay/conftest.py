"""A folder of recorded transactions and blocks."""

from pathlib import Path

import msgspec
import pytest

from sandbox.chain.rpc.responses import Shape, block_json
from tests.sandbox.chain.replay.recordings import written
from tests.sandbox.chain.wallets import SOL, TokenIssuer, key, new_chain, pay, signed


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three transactions and one block of three, as another chain has answered them."""
    chain = new_chain(seed=5)
    issuer = TokenIssuer(chain)
    issuer.open_mint()
    issuer.give(key(1).pubkey(), 5_000)
    block = chain.step().produced
    (tmp_path / "transactions").mkdir()
    for one, encoding in zip(block.transactions, ("json", "jsonParsed", "base64"), strict=True):
        answer = {"slot": one.slot, "blockTime": 1} | written(one, encoding)
        path = tmp_path / "transactions" / f"{one.index}.json"
        path.write_bytes(msgspec.json.encode(answer))
    chain.airdrop(key(1).pubkey(), 9 * SOL)
    for amount in (1, 2):
        chain.send(signed(chain, [key(1)], pay(key(1), key(2).pubkey(), amount * SOL), version=None))
    later = chain.step().produced
    (tmp_path / "blocks").mkdir()
    found = block_json(later, Shape(encoding="base64", max_version=1))
    (tmp_path / "blocks" / "9.json").write_bytes(msgspec.json.encode(found))
    return tmp_path
