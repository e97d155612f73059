"""`python -m bench.soak_ingest`: faults and kills of three scanners in each arrangement, judged by the chain.

Whales act on a sandbox chain without pause, while scanners are killed, stopped and started, and nodes,
sockets and slots go wrong by chance. In the end every deed of the chain must stand as exactly one alert.
"""

import argparse
import asyncio
import os
import random
import signal
import sys
import time
from asyncio.subprocess import DEVNULL, Process
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import uvloop
from solders.keypair import Keypair
from solders.message import MessageV0
from solders.system_program import TransferParams, transfer
from solders.transaction import VersionedTransaction

from bench.ground import CHAIN, ROOT, Ground, ground
from sandbox.chain.config import ChainConfig
from sandbox.chain.faults import Fault
from sandbox.chain.server import SandboxChain
from storage.cursors import read_cursor
from storage.redis import open_redis

MODES = ("active-active", "sharded", "leader", "apart")
"""The last one is no SCANNER_MODE: one scanner collects, two process, and the queue is emptied at times."""
NAMES = ("scanner-a", "scanner-b", "scanner-c")
STAGES = {"scanner-a": "collect", "scanner-b": "process", "scanner-c": "process"}
WHALES = 15
SLOT_SECONDS = 0.1
SETTLE_SECONDS = 60.0
RECONCILE = {
    "blocks": {"RECONCILE": "blocks"},
    "signatures": {"RECONCILE": "signatures", "RECONCILE_SECONDS": "2"},
}
EMPTIED = 0.3
"""How often the queue between collector and processors is emptied, besides."""
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

    deeds: int
    """What the chain knows."""
    missing: int
    surplus: int
    """Alerts of what the chain does not know, and second ones."""
    kills: int
    faults: int

    @property
    def clean(self) -> bool:
        """Whether every deed is one alert."""
        return not self.missing and not self.surplus

    def __str__(self) -> str:
        return (
            f"{self.deeds:,} deeds, {self.kills} kills and stops, {self.faults} faults:"
            f" {self.missing} missing, {self.surplus} too many"
        )


@dataclass(slots=True)
class Pod:
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
        """What of it the chain knows."""
        return Counter(deed for deed in self.done if self.chain.chain.known(deed[1]))

    def fund(self) -> None:
        """Give each of them money."""
        for whale in self.whales:
            self.chain.ground.airdrop(whale.pubkey(), 1_000_000 * _SOL)

    async def act(self) -> None:
        """Act for ever, by chance."""
        while True:
            whale = random.choice(self.whales)
            ground = self.chain.ground
            payment = TransferParams(
                from_pubkey=whale.pubkey(), to_pubkey=Keypair().pubkey(), lamports=_SOL + len(self.done)
            )
            message = MessageV0.try_compile(
                whale.pubkey(), [transfer(payment)], [], ground.latest_blockhash()
            )
            signature = ground.send(VersionedTransaction(message, [whale]))
            self.done.append((str(whale.pubkey()), str(signature)))
            await asyncio.sleep(random.uniform(0, 0.1))


class Fleet:
    """Three scanners that are killed, stopped and started again."""

    def __init__(self, environment: dict[str, str], place: Ground, *, apart: bool) -> None:
        self.kills = 0
        self._apart = apart
        self._environment = environment
        self._place = place
        self._processes: dict[str, Process] = {}

    async def start(self, name: str) -> None:
        """Start one, if it does not run."""
        known = self._processes.get(name)
        if known is None or known.returncode is not None:
            stage = STAGES[name] if self._apart else "whole"
            own = {
                **self._environment,
                "INSTANCE_ID": name,
                "LOG_LEVEL": "error",
                "SCANNER_STAGE": stage,
            }
            with (self._place.folder / f"{name}.log").open("ab") as log:
                self._processes[name] = await asyncio.create_subprocess_exec(
                    sys.executable,
                    "-m",
                    "scanner",
                    cwd=self._place.folder,
                    env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **own},
                    stdout=DEVNULL,
                    stderr=log,
                )

    async def trouble(self) -> None:
        """Kill or stop one of them, and bring it back after a while."""
        name = random.choice(NAMES)
        await self._again_if_ended(name)
        self.kills += 1
        if self._apart and random.random() < EMPTIED:
            await self._empty_queue()
        if random.random() < 0.5:
            await self._end(name)
        else:
            with suppress(ProcessLookupError):
                self._processes[name].send_signal(signal.SIGSTOP)
                await asyncio.sleep(random.uniform(0.5, 8))
                self._processes[name].send_signal(signal.SIGCONT)
        await asyncio.sleep(random.uniform(0, 2))
        await self.start(name)

    async def _empty_queue(self) -> None:
        client = open_redis(self._place.valkey_url)
        await client.flushall()
        await client.aclose()

    async def _again_if_ended(self, name: str) -> None:
        """A scanner that no node answers at its start gives up, and a supervisor starts it again."""
        if self._processes[name].returncode is not None:
            lines = (self._place.folder / f"{name}.log").read_text().strip().splitlines()
            print(f"  {name} had ended by itself: {lines[-1] if lines else 'without a word'}", flush=True)
            await self.start(name)

    async def end(self) -> None:
        """Kill all."""
        for name in self._processes:
            await self._end(name)

    async def _end(self, name: str) -> None:
        process = self._processes[name]
        if process.returncode is None:
            process.kill()
        await process.wait()


async def soak(mode: str, place: Ground, *, seconds: float, reconcile: str = "blocks") -> Verdict:
    """Play for so long in one role, let it settle, and judge."""
    async with SandboxChain(ChainConfig(slot_seconds=SLOT_SECONDS, history=20_000)) as chain:
        pod = Pod(chain)
        pod.fund()
        await place.follow(pod.wallets)
        environment = place.environment(
            [chain.rpc_url], [chain.ws_url], SCANNER_MODE=_scanner_mode(mode), **RECONCILE[reconcile]
        )
        async with _fleet(environment, place, apart=mode == "apart") as fleet:
            await _until_cursor(place, 1)
            faults = await _play(chain, pod, fleet, seconds)
            chain.faults.clear()
            for name in NAMES:
                await fleet.start(name)
            await _until_cursor(place, chain.ground.slot)
    alerts = await _alerts(place, pod)
    landed = pod.landed()
    return Verdict(
        deeds=landed.total(),
        missing=(landed - alerts).total(),
        surplus=(alerts - landed).total(),
        kills=fleet.kills,
        faults=faults,
    )


def _scanner_mode(mode: str) -> str:
    return "active-active" if mode == "apart" else mode


async def _play(chain: SandboxChain, pod: Pod, fleet: Fleet, seconds: float) -> int:
    """Let whales act and things go wrong for so long; how many faults there were."""
    ends, faults = time.monotonic() + seconds, 0
    async with asyncio.TaskGroup() as group:
        acting = group.create_task(pod.act())
        while time.monotonic() < ends:
            chain.faults.add(random.choice(FAULTS)())
            faults += 1
            await fleet.trouble()
        acting.cancel()
    return faults


@asynccontextmanager
async def _fleet(environment: dict[str, str], place: Ground, *, apart: bool) -> AsyncIterator[Fleet]:
    fleet = Fleet(environment, place, apart=apart)
    try:
        for name in NAMES:
            await fleet.start(name)
        yield fleet
    finally:
        await fleet.end()


async def _until_cursor(place: Ground, slot: int) -> None:
    async with asyncio.timeout(SETTLE_SECONDS):
        while True:
            cursor = await read_cursor(place.database, chain=CHAIN, feed="blocks")
            if cursor is not None and cursor.slot >= slot:
                return
            await asyncio.sleep(0.1)


async def _alerts(place: Ground, pod: Pod) -> Counter[tuple[str, str]]:
    """The alerts of what whales gave away, by wallet and signature."""
    rows = await place.database.fetch(
        "SELECT payload ->> 'wallet' AS wallet, payload ->> 'signature' AS signature FROM alerts"
        " WHERE payload ->> 'kind' <> 'transfer_in'"
    )
    return Counter((row["wallet"], row["signature"]) for row in rows if row["wallet"] in set(pod.wallets))


async def _all(modes: Sequence[str], seconds: float, reconcile: str) -> bool:
    clean = True
    for mode in modes:
        async with ground() as place:
            verdict = await soak(mode, place, seconds=seconds / len(modes), reconcile=reconcile)
        print(f"{mode:<14} {verdict}", flush=True)
        clean = clean and verdict.clean
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
