"""`python -m bench.soak_ingest`: faults and kills of three scanners in each arrangement, judged by the chain.

Whales act on a sandbox chain without pause, while scanners are killed, stopped and started, and nodes,
sockets and slots go wrong by chance. In the end every deed of the chain must stand as exactly one alert.
The last line is JSON.
"""

import argparse
import asyncio
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import uvloop
from solders.keypair import Keypair
from solders.message import MessageV0
from solders.system_program import TransferParams, transfer
from solders.transaction import VersionedTransaction

from bench.figures import print_figures
from bench.scanner_processes import NAMES, ScannerProcesses, running_scanners
from bench.testbed import CHAIN, ScannerTestbed, open_testbed
from sandbox.chain.config import ChainConfig
from sandbox.chain.faults import Fault
from sandbox.chain.server import SandboxChain
from storage.ingest.cursors import read_cursor

MODES = ("active-active", "sharded", "leader", "apart")
"""The last one is no SCANNER_MODE: one scanner collects, two process, and the queue is emptied at times."""
WHALES = 15
SLOT_SECONDS = 0.1
FINISH_SECONDS = 60.0
MEMORY_MIB = 300
RECONCILE = {
    "blocks": {"RECONCILE": "blocks"},
    "signatures": {"RECONCILE": "signatures", "RECONCILE_SECONDS": "2"},
    "auto": {"RECONCILE": "auto", "RECONCILE_SECONDS": "3", "SCANNER_SOURCE": "logs"},
    "sent": {"RECONCILE": "blocks", "SCANNER_SOURCE": "blocks"},
}
_SOL = 10**9

FAULTS: tuple[Callable[[], Fault], ...] = (
    lambda: Fault(fault="drop", times=20),
    lambda: Fault(fault="duplicate", times=20),
    lambda: Fault(fault="delay", times=20, seconds=0.7),
    lambda: Fault(fault="reorder", times=10),
    lambda: Fault(fault="stall_socket", times=1),
    lambda: Fault(fault="disconnect", times=2),
    lambda: Fault(fault="disconnect_lagging", times=2),
    lambda: Fault(fault="skip_slot", times=5),
    lambda: Fault(fault="rate_limit", times=3, seconds=1),
    lambda: Fault(fault="server_error", times=5),
    lambda: Fault(fault="html", times=3),
    lambda: Fault(fault="cut_json", times=3),
    lambda: Fault(fault="stall_answer", times=2, seconds=3),
    lambda: Fault(fault="lag", times=10, slots=5),
    lambda: Fault(fault="lying", times=4),
    lambda: Fault(fault="fork", times=1, reland=True),
)


@dataclass(slots=True)
class Verdict:
    """What is wrong in the end."""

    operations: int
    """What the chain knows."""
    missing: int
    surplus: int
    """Alerts of what the chain does not know, and second ones."""
    kills: int
    faults: int
    peak_mib: float
    """The most memory that a scanner took."""

    @property
    def clean(self) -> bool:
        """Whether every deed is one alert, and no scanner grew."""
        return not self.missing and not self.surplus and self.peak_mib < MEMORY_MIB

    def figures(self) -> dict[str, int]:
        """By name; those of several soaks may be summed."""
        return {
            "operations": self.operations,
            "missing": self.missing,
            "surplus": self.surplus,
            "kills": self.kills,
            "faults": self.faults,
        }

    def __str__(self) -> str:
        return (
            f"{self.operations:,} deeds, {self.kills} kills and stops, {self.faults} faults:"
            f" {self.missing} missing, {self.surplus} too many; at most {self.peak_mib:.0f} MiB"
        )


@dataclass(slots=True)
class Actors:
    """Whales that give money away, a different amount each time."""

    chain: SandboxChain
    whales: list[Keypair] = field(default_factory=lambda: [Keypair() for _ in range(WHALES)])
    done: list[tuple[str, str]] = field(default_factory=list)
    """Wallet and signature."""

    @property
    def wallets(self) -> list[str]:
        """Their addresses."""
        return [str(whale.pubkey()) for whale in self.whales]

    def landed(self) -> Counter[tuple[str, str]]:
        """Return what of it the chain knows."""
        return Counter(operation for operation in self.done if self.chain.chain.known(operation[1]))

    def fund(self) -> None:
        """Give each of them money."""
        for whale in self.whales:
            self.chain.api.airdrop(whale.pubkey(), 1_000_000 * _SOL)

    async def act(self) -> None:
        """Act forever, by chance."""
        while True:
            whale = random.choice(self.whales)
            testbed = self.chain.api
            payment = TransferParams(
                from_pubkey=whale.pubkey(), to_pubkey=Keypair().pubkey(), lamports=_SOL + len(self.done)
            )
            message = MessageV0.try_compile(
                whale.pubkey(), [transfer(payment)], [], testbed.latest_blockhash()
            )
            signature = testbed.send(VersionedTransaction(message, [whale]))
            self.done.append((str(whale.pubkey()), str(signature)))
            await asyncio.sleep(random.uniform(0, 0.1))


async def soak(mode: str, testbed: ScannerTestbed, *, seconds: float, reconcile: str = "blocks") -> Verdict:
    """Play for this long in one role, let it settle, and judge."""
    config = ChainConfig(slot_seconds=SLOT_SECONDS, history=20_000, block_subscription=reconcile == "sent")
    async with SandboxChain(config) as chain:
        actors = Actors(chain)
        actors.fund()
        await testbed.follow(actors.wallets)
        environment = testbed.environment(
            [chain.rpc_url], [chain.ws_url], SCANNER_MODE=_scanner_mode(mode), **RECONCILE[reconcile]
        )
        async with running_scanners(environment, testbed, apart=mode == "apart") as scanners:
            await _until_cursor(testbed, 1)
            faults = await _play(chain, actors, scanners, seconds)
            chain.faults.clear()
            for name in NAMES:
                await scanners.start(name)
            await _until_cursor(testbed, chain.api.slot)
    alerts = await _alerts(testbed, actors)
    landed = actors.landed()
    return Verdict(
        operations=landed.total(),
        missing=(landed - alerts).total(),
        surplus=(alerts - landed).total(),
        kills=scanners.kills,
        faults=faults,
        peak_mib=scanners.peak_mib,
    )


def _scanner_mode(mode: str) -> str:
    return "active-active" if mode == "apart" else mode


async def _play(chain: SandboxChain, actors: Actors, scanners: ScannerProcesses, seconds: float) -> int:
    """Let whales act and things go wrong for this long; return how many faults there were."""
    ends, faults = time.monotonic() + seconds, 0
    async with asyncio.TaskGroup() as group:
        acting = group.create_task(actors.act())
        while time.monotonic() < ends:
            chain.faults.add(random.choice(FAULTS)())
            faults += 1
            await scanners.trouble()
        acting.cancel()
    return faults


async def _until_cursor(testbed: ScannerTestbed, slot: int) -> None:
    async with asyncio.timeout(FINISH_SECONDS):
        while True:
            cursor = await read_cursor(testbed.database, chain=CHAIN, feed="blocks")
            if cursor is not None and cursor.slot >= slot:
                return
            await asyncio.sleep(0.1)


async def _alerts(testbed: ScannerTestbed, actors: Actors) -> Counter[tuple[str, str]]:
    """The alerts of what whales gave away, by wallet and signature."""
    rows = await testbed.database.fetch(
        "SELECT payload ->> 'wallet' AS wallet, payload ->> 'signature' AS signature FROM alerts"
        " WHERE payload ->> 'kind' <> 'transfer_in'"
    )
    return Counter((row["wallet"], row["signature"]) for row in rows if row["wallet"] in set(actors.wallets))


async def _all(modes: Sequence[str], seconds: float, reconcile: str) -> bool:
    clean, figures, peak = True, Counter[str](), 0.0
    for mode in modes:
        async with open_testbed() as testbed:
            verdict = await soak(mode, testbed, seconds=seconds / len(modes), reconcile=reconcile)
        print(f"{mode:<14} {verdict}", flush=True)
        clean = clean and verdict.clean
        figures.update(verdict.figures())
        peak = max(peak, verdict.peak_mib)
    print_figures("soak-ingest", {**figures, "peak_mib": peak})
    return clean


def main() -> int:
    """Soak for the minutes asked for, all roles together; 1 if anything is missing or too many."""
    parser = argparse.ArgumentParser(prog="python -m bench.soak_ingest")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--modes", nargs="+", choices=MODES, default=MODES)
    parser.add_argument("--reconcile", choices=list(RECONCILE), default="blocks")
    parser.add_argument("--seed", type=int, default=None)
    asked = parser.parse_args()
    if asked.reconcile == "signatures":
        asked.modes = [mode for mode in asked.modes if mode != "apart"]  # collectors read blocks
    seed = asked.seed if asked.seed is not None else random.randrange(10**6)
    random.seed(seed)
    print(f"seed {seed}", flush=True)
    return 0 if uvloop.run(_all(asked.modes, asked.minutes * 60, asked.reconcile)) else 1


if __name__ == "__main__":
    sys.exit(main())
