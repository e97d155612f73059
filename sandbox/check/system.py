"""The real programs on fresh data, started as an operator starts them, against a given sandbox."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from types import MappingProxyType

from runtime.embedded.ports import free_port
from runtime.embedded.processes import parent_death_signal
from runtime.settings.loading import load_settings, unset_settings
from runtime.settings.settings import SANDBOX_BOT_TOKEN, Settings
from sandbox.local import LocalSandbox

STOP_SECONDS = 15.0
LOG = "run.log"
"""What the system prints."""
NO_SETTINGS: Mapping[str, str] = MappingProxyType({})


class SystemFailedError(RuntimeError):
    """The programs did not start or did not stop in order; the text names the log."""


@asynccontextmanager
async def running_system(sandbox: LocalSandbox, home: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run `python -m runtime run` with its embedded servers under `home` until the block ends.

    Raises:
        SystemFailedError: the system did not end in order.
    """
    process = await start_system(sandbox, home)
    try:
        yield process
    finally:
        await _stop(process, home / LOG)


async def start_system(
    sandbox: LocalSandbox, home: Path, settings: Mapping[str, str] = NO_SETTINGS
) -> asyncio.subprocess.Process:
    """Start `python -m runtime run`; it is asked to stop when this process dies.

    Call it in the main thread: the kernel ties the child to the thread that starts it.

    Args:
        sandbox: whose chain and Telegram it uses.
        home: holds its data, and `LOG` with what it prints; must exist.
        settings: by name in capitals; they win over those that the sandbox needs.
    """
    with (home / LOG).open("ab") as output:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "runtime",
            "run",
            env={**_environment(sandbox, home), **settings},
            stdout=output,
            stderr=output,
            preexec_fn=parent_death_signal(signal.SIGTERM),
        )


def settings_of(sandbox: LocalSandbox, home: Path) -> Settings:
    """The settings that the programs read."""
    return load_settings(_environment(sandbox, home))


def last_output(home: Path, lines: int = 15) -> str:
    """The last lines that the system printed."""
    log = home / LOG
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else ""


async def _stop(process: asyncio.subprocess.Process, log: Path) -> None:
    if process.returncode is not None:
        raise SystemFailedError(f"the system ended by itself with code {process.returncode}; see {log}")
    process.send_signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(STOP_SECONDS):
            code = await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
        raise SystemFailedError(f"the system did not stop within {STOP_SECONDS:g} s; see {log}") from None
    if code:
        raise SystemFailedError(f"the system stopped with code {code}; see {log}")


def _environment(sandbox: LocalSandbox, home: Path) -> dict[str, str]:
    chosen = {
        "DATA_DIR": str(home),
        "CHAIN": "sandbox",
        "RPC_URLS": sandbox.chain.rpc_url,
        "WS_URLS": sandbox.chain.ws_url,
        "BOT_TOKEN": SANDBOX_BOT_TOKEN.reveal(),
        "TELEGRAM_API_URL": sandbox.telegram.url,
        "EXAMPLE_WALLETS": sandbox.example_wallets,
        "HOURLY_LIMITS": "free=0",
        "WEB_PORT": str(free_port()),  # beside a system that runs, and beside other checks
    }
    return {**os.environ, **unset_settings(), **chosen}
