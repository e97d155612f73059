"""What `make run` starts, and the environment each program gets, commands beside it included.

`supervisor.py` acts on it.

Commands beside `make run` read theirs in a file of DATA_DIR while the system runs. Only its owner may read
it, like the password files beside it.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from runtime.deployment.compose_setup import EXAMPLES_FILE
from runtime.deployment.nginx import NginxPorts
from runtime.processes.watchdog import SilenceLimits
from runtime.settings.settings import SANDBOX_BOT_TOKEN, SANDBOX_OPENID_SECRET, SANDBOX_OPERATOR, Settings

FILE = "provided.json"
SANDBOX_NETWORKS = "127.0.0.1/32"
"""Where webhooks of the sandbox may go besides public addresses: to receivers on this machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One process."""

    name: str
    """Prefixes its lines and names its log file and its instance."""
    arguments: tuple[str, ...]
    """What stands behind `python`."""
    work: str = ""
    """What it does, for the table."""
    offers_examples: bool = False
    """Whether it offers the sandbox's whales to new users."""
    drain_seconds: float = 6.5
    """How long its orderly end may take: what is in flight is finished; idle, it ends at once."""
    silence: SilenceLimits | None = SilenceLimits()  # noqa: RUF009 - frozen
    """After how long without a sign of life it is started again; None: it gives none."""
    replica: int | None = None
    """Which of the bots behind nginx it is, from 0; None for everything else."""


SENDING_SECONDS = 33.0
"""Of a sender: as long as Telegram may take to answer, and then to record the result."""
JOB_SECONDS = 9.0
"""Of a worker with a job in progress; it is cancelled before, and done again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """All processes of one machine."""

    migrate: Program
    """Runs to its end before the others, when the database is embedded."""
    sandbox: Program
    """Started when there is no token or no node."""
    programs: tuple[Program, ...]
    """Started together."""


def _worker(name: str, work: str) -> Program:
    return Program(name=name, arguments=("-m", "workers", name), work=work, drain_seconds=JOB_SECONDS)


WHOLE_SYSTEM = System(
    migrate=Program(name="migrate", arguments=("-m", "storage", "migrate"), silence=None),
    sandbox=Program(name="sandbox", arguments=("-m", "sandbox")),
    programs=(
        Program(name="bot", arguments=("-m", "bot"), work="answers the chat", offers_examples=True),
        Program(name="scanner", arguments=("-m", "scanner"), work="reads the chain"),
        Program(name="dispatcher", arguments=("-m", "workers", "dispatcher"), work="decides who is told"),
        Program(
            name="notifications",
            arguments=("-m", "workers", "notifications"),
            work="sends alerts",
            drain_seconds=SENDING_SECONDS,
        ),
        Program(name="web", arguments=("-m", "web"), work="shows pages, answers programs"),
        _worker("security-scan", "examines tokens"),
        _worker("balance-check", "reads balances"),
        _worker("maintenance", "tidies up, broadcasts"),
        _worker("whale-search", "looks for whales"),
    ),
)

NGINX = Program(
    name="nginx",
    arguments=("-m", "runtime", "nginx"),
    work="passes posts on to the bots",
    silence=None,
)


def system_for(settings: Settings) -> System:
    """The programs that the settings ask for: several bots are put behind nginx."""
    if settings.bots == 1:
        return WHOLE_SYSTEM
    bot, *others = WHOLE_SYSTEM.programs
    bots = (replace(bot, name=f"bot-{number + 1}", replica=number) for number in range(settings.bots))
    return replace(WHOLE_SYSTEM, programs=(*bots, *others, NGINX))


@dataclass(frozen=True, slots=True, kw_only=True)
class Provided:
    """What this machine provides because the settings do not; empty or false where they do."""

    database_url: str = ""
    """The embedded PostgreSQL; holds its password."""
    redis_url: str = ""
    """The embedded Valkey; holds its password."""
    chain: bool = False
    """Whether the sandbox's chain is used."""
    telegram: bool = False
    """Whether the sandbox's Telegram is used."""
    rpc_port: int = 0
    """The sandbox chain's JSON-RPC; its WebSocket is one higher. 0 when there is no sandbox."""
    telegram_port: int = 0
    """The sandbox's Bot API and chat page. 0 when there is no sandbox."""
    web_port: int = 0
    """Of pages and the API; 0: as the settings say."""
    nginx: NginxPorts | None = None
    """None where one bot does."""
    secrets_key_file: str = ""
    """Holds the key that was made up here; empty: as the settings say."""

    @property
    def sandbox(self) -> bool:
        """Whether the sandbox runs at all."""
        return self.chain or self.telegram

    @property
    def rpc_url(self) -> str:
        """The sandbox chain for JSON-RPC."""
        return f"http://127.0.0.1:{self.rpc_port}"

    @property
    def ws_url(self) -> str:
        """The sandbox chain's stream."""
        return f"ws://127.0.0.1:{self.rpc_port + 1}"

    @property
    def telegram_url(self) -> str:
        """The sandbox's Bot API and its chat page."""
        return f"http://127.0.0.1:{self.telegram_port}"

    def secrets(self) -> tuple[str, ...]:
        """The passwords in it."""
        urls = (self.database_url, self.redis_url)
        passwords = (url.rpartition("@")[0].rpartition(":")[2] for url in urls if url)
        webhook_secret = self.nginx.webhook_secret if self.nginx else ""
        return (*passwords, *([webhook_secret] if webhook_secret else ()))


def environment(provided: Provided) -> dict[str, str]:
    """The settings that every program gets on top of what the operator set."""
    environ = {"PYTHONUNBUFFERED": "1"}
    if provided.database_url:
        environ["DATABASE_URL"] = provided.database_url
    if provided.redis_url:
        environ["REDIS_URL"] = provided.redis_url
    if provided.sandbox:
        environ["SANDBOX_RPC_PORT"] = str(provided.rpc_port)
        environ["SANDBOX_TELEGRAM_PORT"] = str(provided.telegram_port)
    if provided.chain:
        environ |= {"CHAIN": "sandbox", "RPC_URLS": provided.rpc_url, "WS_URLS": provided.ws_url}
    if provided.telegram:
        environ |= {"BOT_TOKEN": SANDBOX_BOT_TOKEN.reveal(), "TELEGRAM_API_URL": provided.telegram_url}
        environ |= {
            "OPENID_ISSUER": provided.telegram_url,
            "OPENID_CLIENT_SECRET": SANDBOX_OPENID_SECRET.reveal(),
        }
    if provided.web_port:
        environ["WEB_PORT"] = str(provided.web_port)
    if provided.nginx:
        environ |= provided.nginx.environment()
    if provided.secrets_key_file:
        environ["SECRETS_KEY_FILE"] = provided.secrets_key_file
    return environ


def environment_of(
    program: Program,
    shared: Mapping[str, str],
    settings: Settings,
    index: int,
    nginx: NginxPorts | None = None,
) -> dict[str, str]:
    """The environment of one program: what all get, its own name, and a port of its own for metrics.

    Args:
        program: which.
        shared: what every program gets.
        settings: for METRICS_PORT; each program gets the next port.
        index: 0 for the first program.
        nginx: the ports of several bots, if there are several.
    """
    metrics_port = settings.metrics_port + index if settings.metrics_port else 0
    instance = f"{program.name}-1" if program.replica is None else program.name
    environ = {**shared, "INSTANCE_ID": instance, "METRICS_PORT": str(metrics_port)}
    if nginx and program is NGINX:
        environ |= nginx.of_nginx()
    if nginx and program.replica is not None:
        environ |= nginx.of_bot(program.replica)
    if program.offers_examples and settings.sandbox_chain and not settings.example_wallets:
        environ["EXAMPLE_WALLETS_FILE"] = str(settings.data_dir.absolute() / EXAMPLES_FILE)
    if settings.sandbox_telegram and not settings.webhook_allow_networks:
        environ["WEBHOOK_ALLOW_NETWORKS"] = SANDBOX_NETWORKS
    if settings.sandbox_telegram and not settings.admin_ids:
        environ["ADMIN_IDS"] = str(SANDBOX_OPERATOR)
    return environ


def write_provided(home: Path, provided: Mapping[str, str]) -> None:
    """Write down the settings that the programs get.

    Raises:
        OSError: it cannot be written.
    """
    staging = home / f"{FILE}.new"
    staging.unlink(missing_ok=True)
    handle = os.open(staging, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as opened:
        json.dump(dict(provided), opened)
    staging.replace(home / FILE)


def remove_provided(home: Path) -> None:
    """The system ends."""
    with contextlib.suppress(OSError):
        (home / FILE).unlink(missing_ok=True)


def provided(home: Path) -> dict[str, str]:
    """The settings that a running system provides; empty when none runs with this folder."""
    try:
        known = json.loads((home / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(name): str(value) for name, value in known.items()} if isinstance(known, dict) else {}


def run_sidecar(home: Path, arguments: Sequence[str]) -> int:
    """Run `python -m ARGUMENTS` with what is provided, over what is set; its exit code."""
    environment = {**os.environ, **provided(home)}
    command = [sys.executable, "-m", *arguments]
    return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603 - the operator's own words
