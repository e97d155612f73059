"""`python -m chain scan`: the card as JSON, from recorded answers."""

import argparse
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from solders.keypair import Keypair

from chain.cli.scan import Options, add_to, options_from, scan
from chain.cli.streams import StandardStreams
from chain.scans.gather import ScanTarget, gather
from chain.scans.recorded import RecordedNode
from domain.security.checks import Grade
from domain.security.scan import grade, scan_token
from domain.tokens.well_known import PINNED
from tests.chain import recorded, samples
from tests.chain.cli.recorded_world import record

MINTS = {token.symbol: mint for mint, token in PINNED.items()}
ACCOUNTS = recorded.LEDGER / "accounts"
USDG, NAMELESS = "2u1tszSeqZ3qBWF3uNGPFc8TzMk2tdiwknnRMWGWjGWH", samples.address("nobody")


def card(mint: str, folder: Path = ACCOUNTS) -> dict[str, Any]:
    output = io.BytesIO()
    streams = StandardStreams(stdin=io.BytesIO(), stdout=output, stderr=io.StringIO())
    assert scan(Options(mint=mint, folder=folder), streams) == 0
    found: dict[str, Any] = json.loads(output.getvalue())
    return found


class TestRecordedAccounts:
    pytestmark = recorded.requires_ledger

    @pytest.mark.parametrize("symbol", ["JitoSOL", "jupSOL"])
    def test_a_staked_token_is_issuer_controlled_by_its_pool(self, symbol: str) -> None:
        found = card(MINTS[symbol])
        assert found["grade"] == "IC"
        assert found["issuer"]["kind"] == "liquid-staking token"
        assert found["powers"] == [power for power in found["powers"] if "mints it" in power]

    @pytest.mark.parametrize("mint", [MINTS["PYUSD"], USDG])
    def test_a_stablecoin_is_issuer_controlled_with_its_powers(self, mint: str) -> None:
        found = card(mint)
        assert found["grade"] == "IC"
        assert len(found["powers"]) == 7
        assert "permanent delegate" in found["extensions"]

    async def test_every_recorded_account_has_a_card_and_no_unknown_one_a_good_grade(self) -> None:
        node = RecordedNode(ACCOUNTS)
        subjects = {path.name.split("_")[1].split(".")[0] for path in ACCOUNTS.glob("getAccountInfo_*.json")}
        for subject in subjects:
            found = scan_token(await gather(node, ScanTarget(mint=subject, chain="solana")))
            assert grade(found) in {Grade.C, Grade.D, Grade.F, Grade.IC}
            assert 0 < found.decided < len(found.checks)


def test_a_token_of_which_everything_is_recorded_and_nothing_is_bad_gets_an_a(tmp_path: Path) -> None:
    mint = str(Keypair().pubkey())
    record(tmp_path, mint)
    found = card(mint, tmp_path)
    assert {check["name"]: check["reason"] for check in found["checks"] if check["verdict"] != "pass"} == {
        "liquidity withdrawal": "This is the first look at its liquidity.",
    }
    assert (found["grade"], found["decided"]) == ("A", 37)


def test_what_is_not_recorded_is_unknown(tmp_path: Path) -> None:
    found = card(NAMELESS, tmp_path)
    assert (found["grade"], found["decided"]) == ("C", 0)
    assert {check["verdict"] for check in found["checks"]} == {"unknown"}
    assert set(found["checks"][0]) >= {"name", "family", "verdict", "reason", "source", "time"}


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    errors = io.StringIO()
    streams = StandardStreams(stdin=io.BytesIO(), stdout=io.BytesIO(), stderr=errors)
    assert scan(Options(mint=NAMELESS, folder=tmp_path / "none"), streams) == 2
    assert "No such file" in errors.getvalue()


def test_the_command_takes_a_mint_and_a_folder(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "chain", "scan", NAMELESS, "--accounts", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, check=True, timeout=20)
    assert json.loads(done.stdout)["mint"] == NAMELESS


def test_what_is_no_address_is_refused() -> None:
    parser = argparse.ArgumentParser()
    add_to(parser.add_subparsers())
    with pytest.raises(SystemExit):
        parser.parse_args(["scan", "no address", "--accounts", "."])
    arguments = parser.parse_args(["scan", NAMELESS, "--accounts", "."])
    assert options_from(arguments) == Options(mint=NAMELESS, folder=Path())
