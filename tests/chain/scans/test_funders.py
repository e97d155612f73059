"""The volume bot of the sandbox, found by a scan that asks the chain.

That its crowd is left alone: tests/sandbox/actors/test_decoded_operations.py.
"""

import re
from dataclasses import replace

import pytest

from chain.rpc.pool import open_rpc
from chain.scans.gather import ScanTarget, gather
from chain.scans.node import LiveNode
from domain.security.checks import Check, Verdict
from domain.security.common_funder import MIN_FUNDED
from domain.security.scan import scan_token
from runtime.settings.secret import Secret
from sandbox.actors.config import SimulationConfig
from sandbox.local import LocalConfig, LocalSandbox
from tests.sandbox.actors.running import QUIET

BOT = SimulationConfig(whales=(), retail=0, volume_wallets=6, timing=replace(QUIET, volume=1))


async def scanned(requests: int) -> Check:
    running = LocalConfig(slot_seconds=0.02, simulation=BOT)
    async with LocalSandbox(running) as sandbox, open_rpc([Secret(sandbox.chain.rpc_url)]) as rpc:
        for _ in range(60):
            await sandbox.next_block()
        mint = str(sandbox.simulation.token(BOT.volume_symbol).mint)
        node = LiveNode(rpc, requests=requests, seconds=20.0)
        scan = scan_token(await gather(node, ScanTarget(mint=mint, chain="sandbox")))
    assert node.spent <= requests
    return next(check for check in scan.checks if check.name == "volume bots")


@pytest.mark.parametrize(("requests", "wallets"), [(150, 6), (30, MIN_FUNDED)])
async def test_a_scan_finds_the_volume_bot_and_with_thirty_questions_most_of_it(
    requests: int, wallets: int
) -> None:
    found = await scanned(requests=requests)
    assert found.verdict is Verdict.FAIL
    paid = re.search(r" paid (?:all )?(\d) (?:wallets alike|traders)", found.reason)
    assert paid is not None
    assert wallets <= int(paid[1]) <= BOT.volume_wallets


async def test_without_room_for_funders_it_is_unknown_who_paid_and_not_clean() -> None:
    found = await scanned(requests=16)
    assert found.verdict is Verdict.UNKNOWN
