"""A database that is away wakes somebody: Prometheus and Alertmanager of the compose trial, at their pace."""

import asyncio
import time
from collections.abc import Callable

import aiohttp

from bench.compose_engine import Project, run
from bench.figures import Figures

ALERT = "DatabaseDown"
WAKE_SECONDS = 240.0
"""Half a minute until it counts, and what reading and judging take."""
_HEALTH = """
import json, urllib.error, urllib.request
try:
    answer = urllib.request.urlopen("http://127.0.0.1:9100/health/system", timeout=30)
except urllib.error.HTTPError as error:
    answer = error
print(answer.status, json.loads(answer.read())["checks"]["PostgreSQL"]["state"])
"""


async def seconds_to_wake(system: Project) -> Figures:
    """Stop PostgreSQL until somebody would be woken, and start it until that is over.

    Raises:
        TimeoutError: nobody is woken, or it never ends.
    """
    (postgres,) = system.containers("postgres")
    async with aiohttp.ClientSession() as session:
        await asyncio.to_thread(run, ["docker", "stop", "-t", "20", postgres["Id"]])
        began = time.monotonic()
        await _until(session, system, lambda names: ALERT in names)
        woken = time.monotonic() - began
        health = system.execute(system.containers("bot")[0]["Id"], "python", "-S", "-c", _HEALTH)
        await asyncio.to_thread(run, ["docker", "start", postgres["Id"]])
        began = time.monotonic()
        await _until(session, system, lambda names: ALERT not in names)
        over = time.monotonic() - began
    is_seen = health == "503 unhealthy"
    return {
        "woken_seconds": round(woken, 1),
        "over_seconds": round(over, 1),
        "health_is_seen": float(is_seen),
    }


async def _until(
    session: aiohttp.ClientSession, system: Project, happened: Callable[[set[str]], bool]
) -> None:
    """Wait until what Alertmanager tells is so."""
    url = f"http://127.0.0.1:{system.alertmanager_port}/api/v2/alerts"
    async with asyncio.timeout(WAKE_SECONDS):
        while True:
            async with session.get(url, params={"active": "true"}) as answer:
                if happened({alert["labels"]["alertname"] for alert in await answer.json()}):
                    return
            await asyncio.sleep(1)
