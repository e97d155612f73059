from __future__ import annotations

import itertools
from pathlib import Path

import msgspec
import pytest
from websockets.asyncio.client import connect

from sandbox.chain.config import ReplayConfig
from sandbox.chain.replay.replay import Replay
from sandbox.chain.replay.transactions import RecordedTransaction, read_recorded
from sandbox.chain.rpc.responses import Shape, transaction_json
from sandbox.chain.server import SandboxChain
from tests.sandbox.chain.replay.recordings import written
from tests.sandbox.chain.wallets import SOL, by_hand, key, new_chain


def test_transactions_come_in_chunks_and_blocks_whole(folder: Path) -> None:
    replay = Replay(ReplayConfig(folder=folder, per_slot=2))
    batches = list(iter(replay.next_batch, None))
    assert [len(batch.transactions) for batch in batches] == [2, 1, 3]


def test_recorded_blocks_go_between_own_ones(folder: Path) -> None:
    chain = new_chain(replay=ReplayConfig(folder=folder, per_slot=1))
    sizes = []
    for _ in range(8):
        chain.airdrop(key(7).pubkey(), SOL)
        sizes.append(len(chain.step().produced.transactions))
    assert sizes == [2, 1, 2, 1, 2, 1, 4, 1]


def test_recorded_blocks_can_stand_alone(folder: Path) -> None:
    chain = new_chain(replay=ReplayConfig(folder=folder, per_slot=3, own_blocks=False))
    assert [len(chain.step().produced.transactions) for _ in range(3)] == [3, 3, 0]


def test_a_folder_with_nothing_to_replay_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"neither transactions/\*\.json nor blocks/\*\.json"):
        SandboxChain(by_hand(replay=ReplayConfig(folder=tmp_path)))


def test_what_cannot_be_read_is_left_out_and_named(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    (folder / "transactions" / "1.json").write_text("{nope")
    (folder / "transactions" / "2.json").write_text('{"transaction":["AAAA","base64"],"meta":null}')
    replay = Replay(ReplayConfig(folder=folder, per_slot=9))
    batches = list(iter(replay.next_batch, None))
    assert [len(batch.transactions) for batch in batches] == [1, 3]
    assert "1.json is left out" in caplog.text
    assert "2.json is left out" in caplog.text


def test_transactions_come_in_the_order_they_happened(folder: Path) -> None:
    paths = sorted((folder / "transactions").glob("*.json"))
    slots = {}
    for path, slot in zip(paths, (30, 10, 20), strict=True):
        answer = msgspec.json.decode(path.read_bytes()) | {"slot": slot}
        path.write_bytes(msgspec.json.encode({"jsonrpc": "2.0", "result": answer, "id": 1}))
        slots[slot] = read_recorded(
            msgspec.json.decode(msgspec.json.encode(answer), type=RecordedTransaction)
        ).signature
    batch = Replay(ReplayConfig(folder=folder, per_slot=3)).next_batch()
    assert batch is not None
    assert [one.signature for one in batch.transactions] == [slots[slot] for slot in (10, 20, 30)]


@pytest.mark.enable_socket
async def test_replayed_transactions_are_found_and_pushed_like_own_ones(folder: Path) -> None:
    config = by_hand(replay=ReplayConfig(folder=folder, per_slot=3, own_blocks=False))
    async with SandboxChain(config) as running, connect(running.ws_url) as stream:
        bob = str(key(2).pubkey())
        wanted = [{"accountInclude": [bob]}, {"commitment": "confirmed", "maxSupportedTransactionVersion": 0}]
        await stream.send(
            msgspec.json.encode(
                {"jsonrpc": "2.0", "id": 1, "method": "transactionSubscribe", "params": wanted}
            ).decode()
        )
        await stream.recv()
        for _ in range(4):
            await running.step()
        first = msgspec.json.decode(await stream.recv())["params"]["result"]
        assert first["slot"] == 1_002
        assert first["transaction"]["version"] == "legacy"
        listed = list(running.chain.history.newest_first(bob))
        assert [one.slot for one in listed] == [1_002, 1_002]
        assert running.chain.history.transaction(first["signature"]) is listed[1]


@pytest.mark.ledger
def test_whole_blocks_of_every_age_are_served(ledger_dir: Path) -> None:
    replay = Replay(ReplayConfig(folder=ledger_dir, per_slot=100))
    batches = list(iter(replay.next_batch, None))
    files = sorted((ledger_dir / "blocks").glob("*.json"), key=lambda path: int(path.stem))
    sizes = [len(msgspec.json.decode(path.read_bytes())["transactions"]) for path in files]
    assert [len(batch.transactions) for batch in batches[-len(files) :]] == sizes
    for one in itertools.chain.from_iterable(batch.transactions[:50] for batch in batches):
        for encoding in ("json", "jsonParsed", "base64"):
            assert set(written(one, encoding)) == {"transaction", "meta", "version"}
        accounts = msgspec.json.decode(transaction_json(one, Shape(details="accounts", max_version=1)))
        assert accounts["transaction"]["signatures"] == list(one.signatures)


@pytest.mark.ledger
def test_a_chain_lives_through_all_of_it(ledger_dir: Path) -> None:
    chain = new_chain(replay=ReplayConfig(folder=ledger_dir, per_slot=50, own_blocks=False))
    produced = [chain.step().produced for _ in range(25)]
    assert sum(len(block.transactions) for block in produced) > 1_400
    assert produced[-1].transactions == []
