"""`python -m runtime run` starts all on this machine; `check` reads the settings; `beside` runs a command."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace

from runtime.deployment.compose_setup import set_up
from runtime.deployment.nginx import run_local
from runtime.embedded.engine import EmbeddedError
from runtime.embedded.postgres import EmbeddedPostgres
from runtime.embedded.privacy import keep_private
from runtime.embedded.server import EmbeddedServer
from runtime.embedded.valkey import EmbeddedValkey
from runtime.observability.logs import log_uncaught, set_up_logs
from runtime.processes.entry import log_style, print_mistakes
from runtime.processes.lifecycle import Stop, StopTimeouts, run_program
from runtime.processes.programs import SENDING_SECONDS, run_sidecar, system_for
from runtime.processes.supervisor import StartError, Supervisor
from runtime.settings.loading import load_settings, read_environment, unknown_settings
from runtime.settings.parsing import SettingsError
from runtime.settings.settings import Settings

_TIMEOUTS = StopTimeouts(drain=SENDING_SECONDS + 15, cancel=5)
"""Longer than an orderly stop takes, which has time limits of its own."""


def check() -> int:
    """Print the settings, secrets masked; or all mistakes, and return 1."""
    try:
        settings = load_settings(read_environment())
    except SettingsError as error:
        print_mistakes(error)
        return 1
    width = max(len(name) for name, _ in settings.describe())
    for name, value in settings.describe():
        print(f"{name:<{width}}  {value}")
    for sentence in unknown_settings():
        print(f"\n{sentence}")
    print("\nThe settings are well formed.", *_provided(settings))
    return 0


def run() -> int:
    """Run the system until Ctrl-C or SIGTERM; 0 after an orderly stop."""
    try:
        settings = load_settings(read_environment())
    except SettingsError as error:
        print_mistakes(error)
        return 1
    set_up_logs(log_style("supervisor", replace(settings, instance_id="")), settings.secrets())
    log_uncaught()
    errors: list[str] = []

    async def main(stop: Stop) -> None:
        try:
            await Supervisor(settings, sys.stdout, system_for(settings)).run(stop)
        except StartError as error:
            errors.append(str(error))

    code = run_program(main, _TIMEOUTS)
    sys.stderr.write("".join(f"{sentence}\n" for sentence in errors))
    return 1 if errors else code


def nginx() -> int:
    """Become nginx before the bots of this machine; 2 when it cannot be started."""
    try:
        run_local(load_settings(read_environment()))
    except SettingsError as error:
        print_mistakes(error)
    except EmbeddedError as error:
        sys.stderr.write(f"{error}\n")
    return 2


def compose_setup() -> int:
    """Give each container of docker-compose.scale.yml its files; 2 when a setting is wrong or missing."""
    try:
        set_up(read_environment())
    except SettingsError as error:
        print_mistakes(error)
        return 2
    print("Passwords and settings are in their volumes.")
    return 0


def sidecar(arguments: Sequence[str]) -> int:
    """Run a command of ours with the servers and nodes that `make run` provides; its exit code."""
    try:
        settings = load_settings(read_environment())
    except SettingsError as error:
        print_mistakes(error)
        return 1
    return run_sidecar(settings.data_dir.absolute(), arguments)


def with_servers(arguments: Sequence[str]) -> int:
    """Run a command of ours with the embedded servers alone, which run as long as it does; its exit code."""
    try:
        settings = load_settings(read_environment())
    except SettingsError as error:
        print_mistakes(error)
        return 1
    try:
        return asyncio.run(_with_servers(settings, arguments))
    except EmbeddedError as error:
        sys.stderr.write(f"{error}\n")
        return 1


async def _with_servers(settings: Settings, arguments: Sequence[str]) -> int:
    servers: dict[str, EmbeddedServer] = {}
    if not settings.database_url:
        servers["DATABASE_URL"] = EmbeddedPostgres(settings.data_dir)
    if not settings.redis_url:
        servers["REDIS_URL"] = EmbeddedValkey(settings.data_dir)
    async with AsyncExitStack() as stack:
        for server in servers.values():
            await server.start()
            stack.push_async_callback(server.stop)
        environment = {**os.environ, **{name: server.url for name, server in servers.items()}}
        command = [sys.executable, "-m", *arguments]
        done = await asyncio.create_subprocess_exec(*command, env=environment)
        return await done.wait()


def _provided(settings: Settings) -> list[str]:
    sides = {
        "PostgreSQL": not settings.database_url,
        "Valkey": not settings.redis_url,
        "a sandbox Telegram": settings.sandbox_telegram,
        "a sandbox chain": settings.sandbox_chain,
    }
    missing = [side for side, absent in sides.items() if absent]
    return [f"`make run` provides {', '.join(missing)}."] if missing else []


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m runtime")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="start everything on this machine")
    commands.add_parser("check", help="read the settings and list all mistakes")
    commands.add_parser("compose-setup", help="what docker-compose.scale.yml runs before everything else")
    commands.add_parser("nginx", help="run nginx before the bots of this machine; `run` starts it")
    other = commands.add_parser("beside", help="run a command with what a running system provides")
    other.add_argument("words", nargs=argparse.REMAINDER, help="such as: chain retry")
    alone = commands.add_parser("with-servers", help="run a command with the embedded servers alone")
    alone.add_argument("words", nargs=argparse.REMAINDER, help="such as: storage restore FOLDER")
    return parser.parse_args()


def main() -> int:
    """Run the command that was asked for; the exit code."""
    arguments = _arguments()
    if arguments.command != "compose-setup":  # what it writes is for other containers' users
        keep_private()
    if arguments.command == "beside":
        return sidecar(arguments.words)
    if arguments.command == "with-servers":
        return with_servers(arguments.words)
    simple = {"check": check, "compose-setup": compose_setup, "nginx": nginx, "run": run}
    return simple[arguments.command]()


if __name__ == "__main__":
    sys.exit(main())
