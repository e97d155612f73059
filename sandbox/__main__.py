"""`python -m sandbox`: a local chain and Telegram; `python -m sandbox check` checks the whole system."""

import argparse
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from runtime.deployment.compose_setup import EXAMPLES_FILE
from runtime.embedded.privacy import keep_private, make_private
from runtime.processes.entry import print_mistakes, start
from runtime.processes.health import Health, monitor
from runtime.processes.lifecycle import Stop
from runtime.settings.parsing import SettingsError
from runtime.settings.settings import Settings
from sandbox.actors.config import SimulationConfig, Timing
from sandbox.chain.config import Consensus
from sandbox.check.run import run_check
from sandbox.local import LocalConfig, LocalSandbox
from sandbox.telegram.config import TelegramConfig

CHATS_FILE = "sandbox-chats.json"
"""In DATA_DIR: the conversations of the sandbox's Telegram."""


def main(arguments: list[str]) -> int:
    """Run the command; the exit code."""
    keep_private()
    chosen = _parser().parse_args(arguments)
    if chosen.command == "check":
        try:
            return run_check(replay=chosen.replay)
        except SettingsError as error:
            print_mistakes(error)
            return 2
    return start("sandbox", _serve(chosen.replay))


def _serve(replay: Path | None) -> Callable[[Settings, Stop], Awaitable[None]]:
    async def serve(settings: Settings, stop: Stop) -> None:
        sandbox = LocalSandbox(_config(settings, replay))
        make_private(settings.data_dir)
        (settings.data_dir / EXAMPLES_FILE).write_text(sandbox.example_wallets, encoding="utf-8")
        async with sandbox, monitor(settings.metrics_port, Health(), host=settings.metrics_host):
            print(f"chain {sandbox.chain.rpc_url} {sandbox.chain.ws_url}, chat {sandbox.telegram.url}")
            await stop.wait()

    return serve


def _config(settings: Settings, replay: Path | None) -> LocalConfig:
    seed, run = settings.sandbox_seed, time.time_ns() // 1_000_000
    quick_slots = round(60 * settings.sandbox_quick_minutes / settings.sandbox_slot_seconds)
    timing = Timing(slows_after=max(1, quick_slots))
    return LocalConfig(
        host=settings.sandbox_host,
        rpc_port=settings.sandbox_rpc_port,
        telegram_port=settings.sandbox_telegram_port,
        telegram=TelegramConfig(webhook_hosts=settings.sandbox_webhook_hosts),
        consensus=Consensus(settings.sandbox_consensus),
        slot_seconds=settings.sandbox_slot_seconds,
        seed=seed,
        run=run,
        simulation=SimulationConfig(seed=seed, run=run, timing=timing),
        archive=settings.data_dir / CHATS_FILE,
        replay=replay or (Path(settings.sandbox_replay).expanduser() if settings.sandbox_replay else None),
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("command", nargs="?", choices=["serve", "check"], default="serve")
    parser.add_argument(
        "--replay", type=Path, metavar="DIR", help="serve the recorded blocks and transactions of DIR, too"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
