"""Prometheus and Alertmanager read a system that runs, and wake somebody when its database is killed.

Their files are the ones that are shipped, with shorter times and other addresses.
"""

import asyncio
import os
import re
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web

from bench.compose_file import ROOT
from runtime.embedded.ports import free_port
from runtime.embedded.postgres import EmbeddedPostgres
from storage.migrate import apply_migrations
from tests.deployment.alert_rules import FOLDER, tool
from tests.forking import ForkedProgram

pytestmark = pytest.mark.services
_INTERVALS = re.compile(
    r"^( *(?:scrape_interval|scrape_timeout|evaluation_interval|group_interval)): \S+$", re.MULTILINE
)


class Pager:
    """Takes what Alertmanager posts."""

    def __init__(self) -> None:
        self.port = free_port()
        self._posts: list[dict[str, Any]] = []
        self._news = asyncio.Condition()

    async def take(self, request: web.Request) -> web.Response:
        async with self._news:
            self._posts.append({"to": request.path, **await request.json()})
            self._news.notify_all()
        return web.Response()

    async def until(self, path: str, name: str, status: str) -> dict[str, Any]:
        """The alert of this name and status, as it came to this receiver."""
        async with asyncio.timeout(25), self._news:
            while True:
                for post in self._posts:
                    for alert in post["alerts"]:
                        if (post["to"], alert["labels"]["alertname"], alert["status"]) == (
                            path,
                            name,
                            status,
                        ):
                            found: dict[str, Any] = alert
                            return found
                await self._news.wait()

    def names(self, path: str) -> set[str]:
        """Of all alerts that came to this receiver."""
        posts = [post for post in self._posts if post["to"] == path]
        return {alert["labels"]["alertname"] for post in posts for alert in post["alerts"]}


@asynccontextmanager
async def pager() -> AsyncIterator[Pager]:
    taking = Pager()
    application = web.Application()
    application.router.add_post("/{receiver}", taking.take)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", taking.port).start()
    try:
        yield taking
    finally:
        await runner.cleanup()


@asynccontextmanager
async def running(folder: Path, *words: str) -> AsyncIterator[None]:
    with (folder / f"{Path(words[0]).name}.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(*words, stdout=log, stderr=log, cwd=folder)
    try:
        yield
    finally:
        process.send_signal(signal.SIGKILL)
        await process.wait()


def write_files(folder: Path, *, target: int, alertmanager: int, pager_port: int) -> None:
    """The shipped files, with times of a second and the addresses of this test."""
    for name in ("recording_rules.yml", "alert_rules.yml"):
        text = (FOLDER / name).read_text("utf-8")
        (folder / name).write_text(re.sub(r"^( +for): \S+$", r"\1: 1s", text, flags=re.MULTILINE))
    text = _INTERVALS.sub(r"\1: 1s", (FOLDER / "prometheus.yml").read_text("utf-8"))
    text = text.replace("alertmanager:9093", f"127.0.0.1:{alertmanager}").partition("scrape_configs:")[0]
    text += "scrape_configs:\n  - job_name: whale-watcher\n    static_configs:\n"
    text += f"      - targets: ['127.0.0.1:{target}']\n        labels: {{program: dispatcher}}\n"
    (folder / "prometheus.yml").write_text(text)
    text = _INTERVALS.sub(r"\1: 1s", (FOLDER / "alertmanager.yml").read_text("utf-8"))
    text = text.replace("group_wait: 10s", "group_wait: 0s")
    (folder / "alertmanager.yml").write_text(
        text.replace("https://pager.example.org", f"http://127.0.0.1:{pager_port}")
    )


@asynccontextmanager
async def judged(folder: Path, *, target: int, pager_port: int) -> AsyncIterator[None]:
    """A Prometheus and an Alertmanager that judge the metrics of one program."""
    prometheus, alertmanager = free_port(), free_port()
    write_files(folder, target=target, alertmanager=alertmanager, pager_port=pager_port)
    judging = (
        *(tool("prometheus"), "--config.file=prometheus.yml", "--storage.tsdb.path=data"),
        *(f"--web.listen-address=127.0.0.1:{prometheus}", "--rules.alert.resend-delay=1s"),
    )
    waking = (
        *(tool("prometheus-alertmanager"), "--config.file=alertmanager.yml", "--storage.path=alerts"),
        *(f"--web.listen-address=127.0.0.1:{alertmanager}", "--cluster.listen-address="),
    )
    async with running(folder, *waking), running(folder, *judging):
        yield


@asynccontextmanager
async def dispatcher(folder: Path, database: str, redis: str, port: int) -> AsyncIterator[None]:
    """A dispatcher that serves its metrics on a port."""
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": database,
        "REDIS_URL": redis,
        "CHAIN": "sandbox",
        "BOT_TOKEN": f"123456789:{'A' * 35}",
        "RPC_URLS": "http://127.0.0.1:9",
        "METRICS_PORT": str(port),
        "DATA_DIR": str(folder),
        "INSTANCE_ID": "dispatcher-1",
    }
    with (folder / "dispatcher.log").open("wb") as log:
        program = ForkedProgram(["workers", "dispatcher"], environment, ROOT, (log.fileno(), log.fileno()))
    try:
        yield
    finally:
        program.send_signal(signal.SIGKILL)
        await asyncio.to_thread(program.wait, 10)


async def until_shown(port: int, line: str) -> None:
    async with asyncio.timeout(20), ClientSession() as session:
        while True:
            try:
                async with session.get(f"http://127.0.0.1:{port}/metrics") as answer:
                    if line in (await answer.text()).splitlines():
                        return
            except OSError:
                pass
            await asyncio.sleep(0.1)


async def test_scenario_88_a_killed_database_wakes_somebody_and_its_return_is_reported(
    tmp_path: Path, valkey_url: str
) -> None:
    tool("prometheus"), tool("prometheus-alertmanager")
    server, port = EmbeddedPostgres(tmp_path / "postgres"), free_port()
    try:
        async with pager() as taking, judged(tmp_path, target=port, pager_port=taking.port):
            await server.start()
            await asyncio.to_thread(apply_migrations, server.url)
            async with dispatcher(tmp_path, server.url, valkey_url, port):
                await until_shown(port, "whale_watcher_db_up 1.0")
                await taking.until("/alive", "Watchdog", "firing")
                assert taking.names("/pages") <= set()
                assert server.pid is not None
                os.kill(server.pid, signal.SIGKILL)
                await server.died()
                page = await taking.until("/pages", "DatabaseDown", "firing")
                assert (ROOT / page["annotations"]["runbook_url"]).is_file()
                await server.start()
                await taking.until("/pages", "DatabaseDown", "resolved")
    finally:
        await server.stop()
        shutil.rmtree(tmp_path / "postgres", ignore_errors=True)
