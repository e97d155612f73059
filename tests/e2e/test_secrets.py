"""No secret leaves a program, whatever goes wrong around it: not in its lines, metrics, rows or messages."""

import asyncio
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest

from runtime.embedded.ports import free_port
from runtime.processes.programs import WHOLE_SYSTEM
from sandbox.chain.faults import Fault as ChainFault
from sandbox.chain.faults import Name as ChainFaultName
from sandbox.telegram.faults import Fault, FaultKind
from tests.e2e.programs import Servers, running
from tests.e2e.system import SOL, RunningSystem, opened
from tests.e2e.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.services]

TOKEN = "7000000001:AAPlantedPlantedPlantedPlantedPlanted"
RPC_KEY = "planted-key-of-the-node-0123456789"
WEBHOOK_SECRET = "planted-secret-of-the-webhook"
TABLES = ("updates", "questions", "deliveries", "quarantine", "instances", "audit_log", "leases", "chats")
_NODE: tuple[ChainFaultName, ...] = ("server_error", "html", "cut_json", "unauthorized", "disconnect")
TROUBLE = ("WARNING", "ERROR")


async def test_scenario_81_planted_secrets_stay_where_they_are_while_everything_fails(
    servers: Servers, tmp_path: Path
) -> None:
    async with opened(servers, tmp_path, settings={"LOG_LEVEL": "debug", "BOT_TOKEN": TOKEN}) as system:
        ports: dict[str, int] = {}
        children = []
        for program in WHOLE_SYSTEM.programs:
            ports[program.name] = free_port()
            settings = _planted(system) | {"METRICS_PORT": str(ports[program.name])}
            children.append(system.programs.make(program.name, **settings))
        async with running(system.programs, children):
            await _live_through_faults(system)
            pages = await _pages(ports)
        output = {name: system.programs.log(name).read_text() for name in ports}
        troubled = [name for name, text in output.items() if any(word in text for word in TROUBLE)]
        assert {"bot", "notifications"} <= set(troubled)
        output |= (
            pages
            | await _rows(system)
            | {"chat": "\n".join(map(str, system.sandbox.telegram.ledger.messages()))}
        )
        assert _leaks(output, servers) == []


async def test_a_program_that_waits_for_its_servers_reveals_no_secret(
    servers: Servers, tmp_path: Path
) -> None:
    nowhere = f"127.0.0.1:{free_port()}"
    async with opened(servers, tmp_path, settings={"BOT_TOKEN": TOKEN}) as system:
        settings = {
            "DATABASE_URL": f"postgresql://whale:{RPC_KEY}@{nowhere}/whales",
            "REDIS_URL": f"redis://:{RPC_KEY}@{nowhere}/0",
            "RPC_URLS": f"http://{nowhere}/?api-key={RPC_KEY}",
            "WS_URLS": "",
            "TELEGRAM_API_URL": f"http://{nowhere}",
        }
        names = ("bot", "scanner", "notifications")
        ports = {name: free_port() for name in names}
        made = [system.programs.make(name, **settings, METRICS_PORT=str(ports[name])) for name in names]
        async with asyncio.TaskGroup() as group:
            for child in made:
                group.create_task(child.keep_running())
            try:
                await until(lambda: all("PostgreSQL" in _log(system, name) for name in names))
            finally:
                await system.programs.stop()
        output = {name: system.programs.log(name).read_text() for name in names}
        assert _leaks(output, servers) == []


def _log(system: RunningSystem, name: str) -> str:
    path = system.programs.log(name)
    return path.read_text() if path.exists() else ""


def _planted(system: RunningSystem) -> dict[str, str]:
    chain = system.sandbox.chain
    return {
        "RPC_URLS": f"{chain.rpc_url}/?api-key={RPC_KEY}",
        "WS_URLS": f"{chain.ws_url}/?api-key={RPC_KEY}",
        "WEBHOOK_SECRET": WEBHOOK_SECRET,
    }


async def _live_through_faults(system: RunningSystem) -> None:
    """Commands and trades while the node, Telegram and PostgreSQL fail in turn; then all is announced."""
    driver, simulation = system.driver, system.sandbox.simulation
    alice, whale = driver.add_person("Alice"), simulation.whales[0]
    await driver.send(alice, f"/watch {whale.address} Moby", until="Moby")
    node, telegram = system.sandbox.chain.faults, system.sandbox.telegram.faults
    for trouble in _NODE:
        node.add(ChainFault(fault=trouble))
    for fault in (
        Fault(fault=FaultKind.HTML, method="sendMessage", code=502, times=3),  # a reply is repeated once
        Fault(fault=FaultKind.SERVER_ERROR, method="getUpdates"),
    ):
        telegram.add(fault)
    system.sandbox.telegram.people.send(alice.user_id, "/status")
    simulation.buy(whale, simulation.token("MITTEN"), SOL)
    await system.until_finished(1)
    await system.database.fetch(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE '%-1'"
    )
    simulation.buy(whale, simulation.token("KRILL"), SOL)
    await system.until_finished(2)
    telegram.add(Fault(fault=FaultKind.REVOKE, method="getUpdates"))
    system.sandbox.telegram.people.send(alice.user_id, "/status")
    await until(lambda: not telegram.active() and not node.armed)  # each has struck, if only in debug lines
    await until(lambda: "refuses the bot's token" in system.programs.log("bot").read_text())


async def _pages(ports: dict[str, int]) -> dict[str, str]:
    """Return what each program shows to the caller for its metrics and its health."""
    pages = {}
    async with aiohttp.ClientSession() as session:
        for name, port in ports.items():
            for path in ("/metrics", "/health"):
                async with session.get(f"http://127.0.0.1:{port}{path}") as response:
                    pages[f"{name} {path}"] = await response.text()
    return pages


async def _rows(system: RunningSystem) -> dict[str, str]:
    """All that is stored where errors and states are noted."""
    return {
        table: str(
            await system.database.fetchval(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} t")
        )
        for table in TABLES
    }


def _leaks(output: dict[str, str], servers: Servers) -> list[str]:
    """Return where which secret stands."""
    secrets = {"token": TOKEN.partition(":")[2], "key": RPC_KEY, "webhook": WEBHOOK_SECRET} | {
        name: urlsplit(url).password or ""
        for name, url in (("dsn", servers.postgres_url), ("redis", servers.valkey_url))
    }
    assert all(len(secret) > 8 for secret in secrets.values())
    return [
        f"{name} in {testbed}"
        for testbed, text in output.items()
        for name, secret in secrets.items()
        if secret in text
    ]
