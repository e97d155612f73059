"""The table of processes and addresses that `runtime/processes/supervisor.py` prints. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from runtime.deployment.nginx import NginxPorts
from runtime.processes.programs import NGINX, Program, Provided
from runtime.settings.settings import Settings

_HEADER = ("program", "pid", "state", "where")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One process in the table."""

    name: str
    """The program or server."""
    pid: int | None
    """Its process id; None when it has ended already."""
    state: str
    """ready, started or ended."""
    where: str
    """Its addresses, or its work when it has none."""

    def cells(self) -> tuple[str, ...]:
        """As texts."""
        return self.name, str(self.pid or "-"), self.state, self.where


def overview(
    rows: Sequence[Row],
    provided: Provided,
    logs: str,
    bold: Callable[[str], str],
    notes: Sequence[str] = (),
) -> list[str]:
    """Return what is printed when all is started: the table, what is a sandbox and why, and what to do next.

    Args:
        rows: one for each process.
        provided: what this machine provides.
        logs: the folder of the logs.
        bold: makes a text stand out.
        notes: what else is to be known: ports that were taken, nodes that do not answer.
    """
    lines = ["", table(_HEADER, [row.cells() for row in rows]), ""]
    if provided.chain:
        lines.append("  RPC_URLS is not set: the chain is a sandbox on this machine, with whales that trade.")
    if provided.telegram:
        lines.append("  BOT_TOKEN is not set: Telegram is a sandbox on this machine, with a chat page.")
    lines += [bold(f"  ⚠️ {note}") for note in notes]
    if provided.telegram:
        lines += ["", bold(f"  Open {provided.telegram_url} to chat")]
    if provided.web_port:
        lines.append(f"  /web in the chat opens the page (port {provided.web_port})")
    return [*lines, "", f"  Ctrl-C stops everything. Logs: {logs}", ""]


def port_notes(settings: Settings, provided: Provided) -> list[str]:
    """Return which ports of the sandbox and of nginx were taken, and what is used in their stead."""
    ports: list[tuple[str, int, int]] = []
    if provided.sandbox:
        ports.append(("the chat page", settings.sandbox_telegram_port, provided.telegram_port))
        ports.append(("the sandbox chain", settings.sandbox_rpc_port, provided.rpc_port))
    if provided.web_port:
        ports.append(("the page", settings.web_port, provided.web_port))
    if provided.nginx:
        ports.append(("nginx", settings.port, provided.nginx.nginx))
    return [f"Port {asked} is taken: {what} uses {used}" for what, asked, used in ports if asked != used]


def sandbox_addresses(provided: Provided) -> str:
    """The sandbox's addresses."""
    return f"chain {provided.rpc_url} and {provided.ws_url}, Telegram {provided.telegram_url}"


def program_address(program: Program, settings: Settings, index: int, nginx: NginxPorts | None = None) -> str:
    """A program's work, and its metrics if they are served.

    Args:
        program: which.
        settings: for METRICS_PORT.
        index: of the program; each serves its metrics one port higher.
        nginx: the ports of several bots, if there are several.
    """
    if nginx and program is NGINX:
        return f"{program.work}, http://127.0.0.1:{nginx.nginx}"
    if nginx and program.replica is not None:
        return f"{program.work}, http://127.0.0.1:{nginx.monitors[program.replica]}/metrics"
    port = settings.metrics_port
    return f"{program.work}, http://127.0.0.1:{port + index}/metrics" if port else program.work


def shortened(path: Path) -> str:
    """A path as seen from where we are."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows in aligned columns under a header."""
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    lines = [
        "  " + "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (header, *rows)
    ]
    return "\n".join(lines)
