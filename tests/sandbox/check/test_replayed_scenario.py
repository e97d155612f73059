"""The scenario of recorded transactions: who follows whom."""

from pathlib import Path

import msgspec
import pytest

from sandbox.check.chat_driver import ChatDriver
from sandbox.check.replayed_scenario import ReplayedScenario
from sandbox.local import LocalConfig, LocalSandbox
from tests.sandbox.chain.wallets import key


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Five trades by five traders, a transfer, and a failed trade."""
    for name in ("expected", "transactions"):
        (tmp_path / name).mkdir()
    for number in range(7):
        trader = str(key(number + 1).pubkey()) if number != 5 else None
        record = {
            "signature": f"S{number}",
            "trader": trader,
            "trade": {"paid": {"SOL": 1}, "received": {"m": 2}} if trader else None,
            "failed": number == 6,
        }
        (tmp_path / "expected" / f"S{number}.json").write_bytes(msgspec.json.encode(record))
        (tmp_path / "transactions" / f"S{number}.json").write_bytes(b"{}")
    return tmp_path


def test_each_person_follows_up_to_four_traders_of_trades_that_did_not_fail(folder: Path) -> None:
    scenario = ReplayedScenario(ChatDriver(LocalSandbox(LocalConfig(active=False))), folder)
    assert [len(wallets) for wallets in scenario._follows.values()] == [4, 1]
    followed = {wallet for wallets in scenario._follows.values() for wallet in wallets}
    assert followed == {str(key(number).pubkey()) for number in range(1, 6)}
