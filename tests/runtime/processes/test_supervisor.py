"""The real supervisor with real servers and tiny programs, as a process of its own."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from runtime.embedded.ports import answers, free_pair, free_port
from runtime.processes.programs import provided

pytestmark = [pytest.mark.services, pytest.mark.e2e]

_ROOT = Path(__file__).parents[3]
_SYSTEM = Path(__file__).with_name("small_system.py")


class _Run:
    """One supervisor and what it said."""

    def __init__(self, *arguments: str, **environ: str) -> None:
        inherited = {"PYTHONPATH": str(_ROOT), "PATH": os.environ["PATH"]}
        # other tests start whole systems at the same time, which would prefer the same ports
        inherited |= {
            "SANDBOX_RPC_PORT": str(free_pair()),
            "SANDBOX_TELEGRAM_PORT": str(free_port()),
            "WEB_PORT": str(free_port()),
        }
        command = [sys.executable, str(_SYSTEM), *arguments]
        pipe, merged = subprocess.PIPE, subprocess.STDOUT
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            command, stdout=pipe, stderr=merged, text=True, env=inherited | environ
        )
        self._lines: list[str] = []
        self._news = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._news:
                self._lines.append(line)
                self._news.notify_all()

    @property
    def text(self) -> str:
        with self._news:
            return "".join(self._lines)

    def said(self, pattern: str) -> re.Match[str]:
        """Wait until something was said."""
        with self._news:
            self._news.wait_for(lambda: re.search(pattern, "".join(self._lines)), timeout=20)
            found = re.search(pattern, "".join(self._lines))
        assert found, f"never said {pattern!r}:\n{self.text}"
        return found

    def pid_of(self, name: str) -> int:
        return int(self.said(rf"(?m)^  {name} +(\d+) ")[1])

    def pids(self) -> set[int]:
        """All processes below the supervisor."""
        return {child.pid for child in psutil.Process(self.process.pid).children(recursive=True)}

    def stop(self, number: int = signal.SIGINT) -> int:
        self.process.send_signal(number)
        code = self.process.wait(15)
        self._reader.join(5)
        return code

    def close(self) -> None:
        sys.stdout.write(self.text)  # is read if the test fails
        self.process.kill()
        self.process.wait(5)
        self._reader.join(5)
        if self.process.stdout is not None:
            self.process.stdout.close()


@pytest.fixture
def runs() -> Iterator[list[_Run]]:
    """Runs to be ended with the test."""
    started: list[_Run] = []
    yield started
    for run in started:
        run.close()


@pytest.fixture
def new_home(tmp_path: Path) -> str:
    """A data folder that is not there yet."""
    return str(tmp_path / ".data")


@pytest.fixture
def home(new_home: str, migrated_cluster: Path) -> str:
    """One that has a database: to make one takes longer than the rest of a start."""
    return str(shutil.copytree(migrated_cluster, new_home))


def _up(runs: list[_Run], *arguments: str, **environ: str) -> _Run:
    run = _Run(*arguments, **environ)
    runs.append(run)
    run.said("Ctrl-C stops everything")
    return run


def _gone(pids: set[int], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while any(map(_is_alive, pids)) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not any(map(_is_alive, pids))


def _is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_starts_everything_in_order_shows_it_and_stops_it_all(
    runs: list[_Run], new_home: str, number: int
) -> None:
    run = _up(runs, new_home)
    text = run.text
    assert text.index("migrated") < text.index("  steady ")
    assert re.search(r"Open http://127\.0\.0\.1:\d+ to chat", text)
    for name in ("postgres", "valkey", "sandbox", "steady", "second"):
        assert psutil.pid_exists(run.pid_of(name))
    run.said(r"steady +\| steady steady-1 sandbox postgresql://whale:\*\*\*@127")
    pids, began = run.pids(), time.monotonic()
    assert run.stop(number) == 0
    assert time.monotonic() - began < 10
    assert _gone(pids, 0.5)


@pytest.mark.measures
def test_the_second_start_is_quick(runs: list[_Run], home: str) -> None:
    _up(runs, home).stop()
    again = _up(runs, home)
    assert time.monotonic() - again.began < 3
    assert again.stop() == 0


def test_a_program_that_ignores_the_stop_is_killed_within_ten_seconds(runs: list[_Run], home: str) -> None:
    run = _up(runs, home, "stubborn")
    run.said(r"\| stubborn")
    pids, began = run.pids(), time.monotonic()
    assert run.stop() == 0
    assert time.monotonic() - began < 10
    assert _gone(pids, 0.5)


def test_a_second_ctrl_c_does_not_wait(runs: list[_Run], home: str) -> None:
    run = _up(runs, home, "stubborn")
    run.said(r"\| stubborn")
    pids, began = run.pids(), time.monotonic()
    run.process.send_signal(signal.SIGINT)
    run.said("Stopping")
    assert run.stop() == 3
    assert time.monotonic() - began < 5
    assert _gone(pids)


def test_each_program_gets_as_long_as_it_may_need(runs: list[_Run], home: str) -> None:
    run = _up(runs, home, "slow")
    run.said(r"\| slow")
    run.said(r"\| stubborn")
    stubborn, began = run.pid_of("stubborn"), time.monotonic()
    run.process.send_signal(signal.SIGINT)
    assert _gone({stubborn}, 2.5)
    run.said("Waiting for slow to finish what is in flight")
    assert run.process.wait(10) == 0
    run.said(r"slow +\| finished")
    assert 3 <= time.monotonic() - began < 7


def test_what_dies_is_started_again_and_the_rest_goes_on(runs: list[_Run], home: str) -> None:
    run = _up(runs, home)
    steady, second = run.pid_of("steady"), run.pid_of("second")
    run.said(r"steady +\| steady ")
    os.kill(steady, signal.SIGKILL)
    run.said(r"steady +\| was ended by SIGKILL; starts again in 0\.\d s")
    run.said(r"(?s)starts again.*steady +\| steady ")
    assert psutil.pid_exists(second)
    assert run.stop() == 0


@pytest.mark.parametrize("name", ["postgres", "valkey"])
def test_a_server_that_dies_is_started_again_where_it_was(runs: list[_Run], home: str, name: str) -> None:
    run = _up(runs, home)
    port = int(run.said(rf"  {name} .*127\.0\.0\.1:(\d+)")[1])
    os.kill(run.pid_of(name), signal.SIGKILL)
    run.said("started again")
    deadline = time.monotonic() + 10
    while not answers(port) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert answers(port)
    assert run.stop() == 0


def test_a_crashing_program_is_shown_with_its_last_error(runs: list[_Run], home: str) -> None:
    run = _up(runs, home, "crashing")
    run.said(r"crashing +\| ended with code 7; starts again in .* Last line: ValueError: the moon is full")
    assert run.stop() == 0


def test_a_second_run_in_the_same_folder_is_refused(runs: list[_Run], home: str) -> None:
    first = _up(runs, home)
    second = _Run(home)
    runs.append(second)
    second.said(rf"refused: Whale Watcher already runs here: .* process {first.process.pid}")
    assert second.process.wait(5) == 1
    assert first.process.poll() is None
    assert first.stop() == 0


def test_a_killed_supervisor_leaves_no_orphans_and_the_next_one_starts(runs: list[_Run], home: str) -> None:
    first = _up(runs, home)
    pids = first.pids()
    first.process.kill()
    assert _gone(pids)
    assert _up(runs, home).stop() == 0


def test_what_a_killed_supervisor_left_behind_is_stopped_by_the_next(runs: list[_Run], home: str) -> None:
    first = _up(runs, home, "stubborn")
    first.said(r"\| stubborn")
    stubborn = first.pid_of("stubborn")
    first.process.kill()
    assert psutil.pid_exists(stubborn)
    second = _up(runs, home)
    assert _gone({stubborn}, 0.5)
    assert second.stop() == 0


def test_taken_ports_are_left_to_others(runs: list[_Run], home: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        run = _up(runs, home, SANDBOX_TELEGRAM_PORT=port, SANDBOX_RPC_PORT=port)
        assert f"Open http://127.0.0.1:{port}" not in run.text
        moved = run.said(rf"⚠️ (Port {port} is taken: the chat page uses \d+)")[1]
        assert f"⚠️ Port {port} is taken: the sandbox chain uses " in run.text
        assert moved in Path(home, "log", "supervisor.log").read_text()
        assert run.stop() == 0


def test_a_node_and_a_telegram_that_do_not_answer_are_named_with_their_settings(
    runs: list[_Run], home: str
) -> None:
    nowhere, token = f"http://127.0.0.1:{free_port()}", "123456789:AAF0123456789planted0123456789abcdef"
    run = _up(runs, home, RPC_URLS=f"{nowhere}/planted", BOT_TOKEN=token, TELEGRAM_API_URL=nowhere)
    host = nowhere.removeprefix("http://")
    node = f"scanner: no node answers at {host}: connection refused; check RPC_URLS"
    telegram = f"bot: Telegram does not answer at {host}: connection refused; check the network"
    for sentence in (node, telegram):
        assert f"⚠️ {sentence}" in run.text
        assert sentence in Path(home, "log", "supervisor.log").read_text()
    assert "planted" not in run.text
    assert run.stop() == 0


def test_a_migration_that_fails_ends_the_start_with_its_reason(runs: list[_Run], home: str) -> None:
    run = _Run(home, "steady", "raise SystemExit('ERROR: column is missing')")
    runs.append(run)
    run.said("refused: The database could not be brought up to date: ERROR: column is missing")
    assert run.process.wait(10) == 1


def test_servers_that_are_set_are_not_started(runs: list[_Run], home: str) -> None:
    set_ = {
        "DATABASE_URL": "postgresql://u:planted1@127.0.0.1:1/x",
        "REDIS_URL": "redis://:planted2@127.0.0.1:1",
    }
    run = _up(runs, home, **set_)
    run.said(r"steady +\| steady steady-1 sandbox postgresql://u:\*\*\*@127")
    assert "  postgres " not in run.text
    assert "migrated" not in run.text
    assert run.stop() == 0
    everything = run.text + "".join(file.read_text() for file in Path(home, "log").iterdir())
    assert "planted" not in everything


def test_a_stop_while_starting_stops_at_once(runs: list[_Run], home: str) -> None:
    run = _Run(home, "steady", "import time; print('slow', flush=True); time.sleep(60)")
    runs.append(run)
    run.said(r"\| slow")
    pids, began = run.pids(), time.monotonic()
    assert run.stop() == 0
    assert time.monotonic() - began < 10
    assert _gone(pids, 0.5)


def test_a_sidecar_command_gets_its_servers_until_it_ends(runs: list[_Run], home: str) -> None:
    run = _up(runs, home)
    assert set(provided(Path(home))) >= {"DATABASE_URL", "REDIS_URL", "RPC_URLS", "CHAIN"}
    assert run.stop(signal.SIGINT) == 0
    assert provided(Path(home)) == {}
