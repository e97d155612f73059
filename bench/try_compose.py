"""The whole system in containers: on an empty machine, under load, grown, hurt, taken down and up again.

`make try-compose`. The images are those that docker-compose.scale.yml names, or stand-ins where no registry
can be reached (bench/offline_images.py). The sandbox profile is used: no account is needed. The last line is
JSON.
"""

import asyncio
import json
import ssl
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

import aiohttp

from bench.compose_alerts import seconds_to_wake
from bench.compose_engine import (
    MISSING,
    Project,
    build_image,
    compose_command,
    engine,
    kill_as_a_crash_would,
    own_layers_mib,
    project,
    run,
)
from bench.compose_file import images_of, own_image
from bench.compose_people import People, Tally
from bench.offline_images import is_here, make_missing

PROGRAMS = (
    "bot",
    "scanner",
    "dispatcher",
    "notifications",
    "web",
    "security-scan",
    "balance-check",
    "maintenance",
)
PEOPLE = 90
"""Twice as many talk; the sandbox Telegram remembers 200 chats over a restart."""
HEALTHY_SECONDS = 240.0
MAX_LAYERS_MIB = 165.0
MAX_READY_SECONDS = 3.0
_METRICS = """
import urllib.request
print(urllib.request.urlopen("http://127.0.0.1:9100/metrics", timeout=3).read().decode())
"""
Figures = dict[str, Any]


def report(text: str) -> None:
    """What is being done, with the time."""
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


def have_images() -> None:
    """Pull what is missing; where there is no registry, make stand-ins."""
    missing = [image for image in images_of() if not is_here(image)]
    try:
        for image in missing:
            run(["docker", "pull", "-q", image], seconds=300)
    except RuntimeError:
        report("no registry can be reached: stand-ins are made, once (some minutes)")
        make_missing(missing)
    build_image()


def start_with_servers_last(system: Project) -> float:
    """Start the programs before what they need; seconds from the start of the rest until all is well."""
    system.compose("up", "-d", "--no-deps", "--no-build", *PROGRAMS)
    time.sleep(3)
    began = time.monotonic()
    system.compose("up", "-d", "--no-build")
    system.until_healthy(HEALTHY_SECONDS)
    return time.monotonic() - began


def seconds_until_ready(system: Project) -> float:
    """From the start of a bot's container until it says that it can work; the best of three."""

    async def measured() -> float:
        bot = system.containers("bot")[0]
        run(["docker", "stop", "-t", "20", bot["Id"]])
        began = time.monotonic()
        run(["docker", "start", bot["Id"]])
        listed = run(["docker", "inspect", "-f", "{{json .NetworkSettings.Networks}}", bot["Id"]])
        networks = json.loads(listed)
        address = next(net["IPAddress"] for name, net in networks.items() if name.endswith("_edge"))
        async with aiohttp.ClientSession() as session, asyncio.timeout(60):
            while True:
                try:
                    async with session.get(f"http://{address}:9100/ready") as answer:
                        if answer.status == 200:
                            return time.monotonic() - began
                except (aiohttp.ClientError, OSError):
                    pass
                await asyncio.sleep(0.02)

    return min(asyncio.run(measured()) for _ in range(3))


def not_hardened(system: Project) -> list[str]:
    """Containers that may more than they need; `setup` alone is root, to give files to others."""
    found = []
    for one in system.containers():
        name, host = one["Name"].strip("/"), one["HostConfig"]
        is_tight = (
            host["ReadonlyRootfs"]
            and host["CapDrop"] == ["ALL"]
            and "no-new-privileges:true" in host["SecurityOpt"]
            and host["Memory"] > 0
            and host["NanoCpus"] > 0
            and "max-size" in host["LogConfig"]["Config"]
        )
        is_root = one["Config"]["User"].split(":")[0] in {"", "0", "root"}
        if not is_tight or (is_root and "setup" not in name):
            found.append(name)
    return found


async def talk(system: Project, meanwhile: Callable[[People], Any]) -> Tally:
    """Let people talk through nginx's port; `meanwhile` says what they do."""
    secret = system.execute(system.containers("bot")[0]["Id"], "cat", "/run/secrets/webhook_secret")
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = (
        False,
        ssl.CERT_NONE,
    )  # nginx has a certificate of its own here
    connector = aiohttp.TCPConnector(ssl=context, limit=0)
    async with aiohttp.ClientSession(connector=connector) as session, asyncio.TaskGroup() as group:
        webhook = f"https://127.0.0.1:{system.https_port}/telegram"
        people = People(session, webhook, secret, f"http://127.0.0.1:{system.telegram_port}")
        listening = group.create_task(people.listen())
        await asyncio.sleep(0.5)
        await meanwhile(people)
        listening.cancel()
    return people.tally


def stored_by(system: Project) -> Mapping[str, float]:
    """Return how many updates each bot took, by container."""
    taken = {}
    for bot in system.containers("bot"):
        text = system.execute(bot["Id"], "python", "-S", "-c", _METRICS)
        lines = [line for line in text.splitlines() if 'webhook_updates_total{result="stored"}' in line]
        taken[bot["Name"]] = float(lines[0].split()[-1]) if lines else 0.0
    return taken


def under_load(system: Project, figures: Figures) -> list[int]:
    """Talk to three bots, grow to five, and kill one in the middle; who talked."""
    everybody: list[int] = []

    async def grow(people: People) -> None:
        everybody.extend(await people.add(2 * PEOPLE))
        first, second = everybody[:PEOPLE], everybody[PEOPLE:]
        await people.follow_wallets(first)
        figures["p50_ms"], figures["p99_ms"] = (round(people.tally.quantile(q) * 1000) for q in (0.5, 0.99))
        async with asyncio.TaskGroup() as group:
            group.create_task(people.follow_wallets(second))
            group.create_task(asyncio.to_thread(hurt))
        await people.list_wallets(everybody)

    def hurt() -> None:
        grown = ("--scale", "bot=5", "--scale", "web=2")
        system.compose("up", "-d", "--no-build", "--no-recreate", *grown, "bot", "web")
        kill_as_a_crash_would(system.containers("bot")[0])

    tally = asyncio.run(talk(system, grow))
    system.until_healthy(HEALTHY_SECONDS)
    figures |= {"updates": tally.asked, "lost": tally.asked - tally.answered}
    figures["posted_again"] = tally.posted_again
    asyncio.run(talk(system, lambda people: people.list_wallets(everybody)))
    figures["pages"] = asyncio.run(pages_answered(system))
    figures["bots_that_took_posts"] = sum(count > 0 for count in stored_by(system).values())
    return everybody


async def pages_answered(system: Project) -> dict[str, int]:
    """Return what nginx answers for the page, the API's document, and the API without a key, by path."""
    paths = ("/", "/static/main.js", "/api/v1/openapi.json", "/api/v1/alerts")
    connector = aiohttp.TCPConnector(ssl=False)
    found = {}
    async with aiohttp.ClientSession(connector=connector) as session:
        for path in paths:
            async with session.get(f"https://127.0.0.1:{system.https_port}{path}") as answer:
                found[path] = answer.status
    return found


def down_and_up(system: Project, everybody: list[int], figures: Figures) -> None:
    """Take all down and bring it up again, with a pooler and Prometheus; nobody's wallets are lost."""
    system.compose("down", "-t", "40")
    profiles = "sandbox,prometheus,pgbouncer"
    system.compose("up", "-d", "--no-build", profiles=profiles)
    system.until_healthy(HEALTHY_SECONDS)

    async def again(people: People) -> None:
        await people.add(0)
        await people.list_wallets(everybody)

    tally = asyncio.run(talk(system, again))
    figures["lost_after_down_and_up"] = tally.asked - tally.answered
    database = system.execute(system.containers("bot")[0]["Id"], "cat", "/run/secrets/database_url")
    figures["through_pgbouncer"] = "@pgbouncer:6432/" in database
    figures["prometheus_targets_up"] = asyncio.run(targets_up(system))
    primary = system.containers("postgres")[0]["Id"]
    state = ["psql", "-U", "postgres", "-d", "whale", "-Atc", "SELECT state FROM pg_stat_replication"]
    figures["replica"] = system.execute(primary, *state)


async def targets_up(system: Project) -> int:
    """Return how many programs Prometheus reads; it is given a minute to find all."""
    wanted = sum(len(system.containers(name)) for name in (*PROGRAMS, "whale-search"))
    url, up = f"http://127.0.0.1:{system.prometheus_port}/api/v1/query", 0
    async with aiohttp.ClientSession() as session:
        for _ in range(60):
            async with session.get(url, params={"query": 'sum(up{job="whale-watcher"})'}) as answer:
                result = (await answer.json())["data"]["result"]
            up = int(float(result[0]["value"][1])) if result else 0
            if up >= wanted:
                break
            await asyncio.sleep(1)
    return up


def verdict(figures: Figures) -> bool:
    """Return whether all is as it should be."""
    return (
        figures["own_layers_mib"] < MAX_LAYERS_MIB
        and figures["ready_seconds"] < MAX_READY_SECONDS
        and figures["lost"] == figures["lost_after_down_and_up"] == 0
        and figures["bots_that_took_posts"] == 5
        and list(figures["pages"].values()) == [200, 200, 200, 401]
        and figures["through_pgbouncer"]
        and figures["prometheus_targets_up"] >= len(PROGRAMS)
        and figures["replica"] == "streaming"
        and figures["health_is_seen"] == 1
        and not figures["not_hardened"]
    )


def attempt(command: list[str]) -> Figures:
    """The trial from the images to the last question."""
    figures: Figures = {"bench": "try-compose"}
    report("images")
    have_images()
    figures["own_layers_mib"] = round(own_layers_mib(own_image(), images_of()[0]), 1)
    with project(command, "whale-trial") as system:
        report("start on an empty machine, the servers last")
        figures["seconds_until_healthy"] = round(start_with_servers_last(system), 1)
        figures["not_hardened"] = not_hardened(system)
        figures["ready_seconds"] = round(seconds_until_ready(system), 2)
        system.until_healthy(HEALTHY_SECONDS)
        report("load through nginx, five bots in the place of three, one of them killed")
        everybody = under_load(system, figures)
        report("down, and up again with PgBouncer and Prometheus")
        down_and_up(system, everybody, figures)
        report("PostgreSQL stops until somebody would be woken, and starts again")
        figures |= asyncio.run(seconds_to_wake(system))
    return figures


def main() -> int:
    """Try it; the exit code."""
    command = compose_command()
    if command is None:
        sys.stderr.write(f"{MISSING}\n")
        return 2
    with engine():
        figures = attempt(command)
    figures["ok"] = verdict(figures)
    print(json.dumps(figures), flush=True)
    return 0 if figures["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
