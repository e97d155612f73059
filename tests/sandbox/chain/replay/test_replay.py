from __future__ import annotations

import base64
import itertools
from pathlib import Path
from typing import Any

import msgspec
import pytest
from solders.transaction import VersionedTransaction
from websockets.asyncio.client import connect

from sandbox.chain.config import ReplayConfig
from sandbox.chain.encodings.tokens import TOKEN, TOKEN_2022, mint_of
from sandbox.chain.replay.accounts import recorded_accounts
from sandbox.chain.replay.replay import Replay
from sandbox.chain.replay.transactions import RecordedTransaction, read_recorded
from sandbox.chain.rpc.responses import Shape, block_json, transaction_json
from sandbox.chain.server import SandboxChain
from sandbox.chain.transactions.landed import LandedTransaction
from tests.sandbox.chain.wallets import SOL, TokenIssuer, by_hand, key, new_chain, pay, signed


def given(one: LandedTransaction, encoding: Any) -> Any:
    return msgspec.json.decode(transaction_json(one, Shape(encoding=encoding, max_version=1)))


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
        answer = {"slot": one.slot, "blockTime": 1} | given(one, encoding)
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


def test_recorded_mints_can_be_looked_up(folder: Path) -> None:
    mint = key(77).pubkey()
    data = bytes(36) + (5).to_bytes(8, "little") + b"\x09\x01" + bytes(36)
    value = {"data": [base64.b64encode(data).decode(), "base64"], "owner": str(TOKEN), "lamports": 1_461_600}
    (folder / "accounts").mkdir()
    for name, content in ((f"getAccountInfo_{mint}", {"result": {"value": value}}), ("other", [])):
        (folder / "accounts" / f"{name}.json").write_bytes(msgspec.json.encode(content))
    chain = new_chain(replay=ReplayConfig(folder=folder))
    assert mint_of(chain.account(mint)) == (5, 9)


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
class TestRecordedMainnet:
    def test_every_recorded_transaction_is_served_unchanged_in_its_own_encoding(
        self, ledger_dir: Path
    ) -> None:
        paths = sorted((ledger_dir / "transactions").glob("*.json"))
        assert len(paths) > 800
        for path in paths:
            recorded = msgspec.json.decode(path.read_bytes())
            one = read_recorded(msgspec.json.decode(path.read_bytes(), type=RecordedTransaction))
            keys = recorded["transaction"]["message"]["accountKeys"]
            encoding = "jsonParsed" if isinstance(keys[0], dict) else "json"
            served = given(one, encoding)
            assert served["transaction"] == recorded["transaction"]
            meta = served["meta"]
            if encoding == "json" or "loadedAddresses" not in recorded["meta"]:
                assert meta == recorded["meta"]
            assert one.signature == path.stem
            assert one.err == recorded["meta"]["err"]

    def test_json_becomes_the_bytes_that_were_signed(self, ledger_dir: Path) -> None:
        rebuilt = 0
        for path in sorted((ledger_dir / "transactions").glob("*.json")):
            one = read_recorded(msgspec.json.decode(path.read_bytes(), type=RecordedTransaction))
            served, _ = one.body.full("base64")
            if isinstance(served, list):
                tx = VersionedTransaction.from_bytes(base64.b64decode(served[0]))
                assert all(tx.verify_with_results())
                assert str(tx.signatures[0]) == path.stem
                rebuilt += 1
        assert rebuilt > 750

    def test_whole_blocks_of_every_age_are_served(self, ledger_dir: Path) -> None:
        replay = Replay(ReplayConfig(folder=ledger_dir, per_slot=100))
        batches = list(iter(replay.next_batch, None))
        files = sorted((ledger_dir / "blocks").glob("*.json"), key=lambda path: int(path.stem))
        sizes = [len(msgspec.json.decode(path.read_bytes())["transactions"]) for path in files]
        assert [len(batch.transactions) for batch in batches[-len(files) :]] == sizes
        for one in itertools.chain.from_iterable(batch.transactions[:50] for batch in batches):
            for encoding in ("json", "jsonParsed", "base64"):
                assert set(given(one, encoding)) == {"transaction", "meta", "version"}
            accounts = msgspec.json.decode(transaction_json(one, Shape(details="accounts", max_version=1)))
            assert accounts["transaction"]["signatures"] == list(one.signatures)

    def test_a_chain_lives_through_all_of_it(self, ledger_dir: Path) -> None:
        chain = new_chain(replay=ReplayConfig(folder=ledger_dir, per_slot=50, own_blocks=False))
        produced = [chain.step().produced for _ in range(25)]
        assert sum(len(block.transactions) for block in produced) > 1_400
        assert produced[-1].transactions == []

    def test_recorded_mints_of_both_programs_are_there(self, ledger_dir: Path) -> None:
        chain = new_chain(replay=ReplayConfig(folder=ledger_dir))
        found = [account for _, account in recorded_accounts(ledger_dir)]
        assert {account.owner for account in found} >= {TOKEN, TOKEN_2022}
        assert all(chain.account(where) is not None for where, _ in recorded_accounts(ledger_dir))
