"""Tests that run in forks are reported as if they had run here, whatever becomes of a fork."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.scheduling import GIVES_WAY

ROOT = Path(__file__).parents[1]
CONFTEST = """
import signal
from tests.forks import Forks

signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever runs the tests may ignore it


def pytest_configure(config):
    config.pluginmanager.register(Forks(2))
"""
MODULE = """
import os
import pytest


@pytest.fixture(scope="session")
def resource():
    yield os.getpid()
    print("put away by", os.getpid(), file=open(os.environ["NOTES"], "a"))


@pytest.mark.parametrize("number", range(6))
def test_passes(number, resource, tmp_path):
    print(resource, tmp_path, file=open(os.environ["NOTES"], "a"))


def test_fails():
    print("said before")
    assert 1 == 2


def test_crashes():
    os._exit(3)
"""
TOGETHER = """
import pytest


@pytest.mark.parametrize("number", range(800))
def test_of_one_unit(number):
    pass
"""
NICE = """
import os
import pytest


@pytest.mark.parametrize("number", range(6))
def test_says_how_nice_it_is(number):
    print(os.nice(0), file=open(os.environ["NOTES"], "a"))
"""
WAITING = """
import os
import time


def test_waits():
    print(os.getpid(), file=open(os.environ["NOTES"], "a"))
    time.sleep(50)
"""


def begun(folder: Path, module: str, *options: str) -> subprocess.Popen[str]:
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "test_it.py").write_text(module)
    command = [
        *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"),
        *("-c", os.devnull, "--rootdir", str(folder), *options, str(folder)),
    ]
    environment = {
        **os.environ,
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # they take half a second
        "PYTHONPATH": str(ROOT),
        "NOTES": str(folder / "notes"),
    }
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)


def report_of(folder: Path, module: str, *options: str) -> str:
    with begun(folder, module, *options) as run:
        assert run.stdout is not None
        return run.stdout.read()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("run")


@pytest.fixture(scope="module")
def report(folder: Path) -> str:
    (folder / "tests" / "architecture").mkdir(parents=True)
    (folder / "tests" / "architecture" / "test_together.py").write_text(TOGETHER)
    return report_of(folder, MODULE)


def test_each_test_is_reported_once(report: str) -> None:
    assert re.search("^2 failed, 806 passed in", report, re.MULTILINE)  # the 800 are one unit


def test_a_failure_comes_with_what_was_said_before(report: str) -> None:
    assert "assert 1 == 2" in report
    assert "said before" in report


def test_a_test_that_ends_its_process_has_failed(report: str) -> None:
    assert "The process that ran it ended with 3." in report


def test_each_fork_has_fixtures_and_files_of_its_own(report: str, folder: Path) -> None:
    notes = (folder / "notes").read_text().splitlines()
    used = [line.split() for line in notes if not line.startswith("put away")]
    processes = {process for process, _ in used}
    assert len({path for _, path in used}) == 6
    assert len({Path(path).parent for _, path in used}) == len(processes)
    put_away = {line.rpartition(" ")[2] for line in notes if line.startswith("put away")}
    assert put_away <= processes


@pytest.mark.parametrize(
    ("marks", "nice"), [("", {0, GIVES_WAY}), ("pytestmark = pytest.mark.services", {0})]
)
def test_a_fork_gives_way_where_it_begins_with_what_only_computes(
    marks: str, nice: set[int], tmp_path: Path
) -> None:
    report_of(tmp_path, NICE + marks)
    found = {int(line) for line in (tmp_path / "notes").read_text().split()}
    assert found == {os.nice(0) + one for one in nice}


def test_a_run_ends_at_the_first_failure_where_it_is_asked_to(tmp_path: Path) -> None:
    report = report_of(tmp_path, MODULE, "--exitfirst", "--deselect", "test_it.py::test_crashes")
    assert "stopping after 1 failures" in report


def test_a_timeout_is_called_one(tmp_path: Path) -> None:
    report = report_of(tmp_path, WAITING, "-p", "pytest_timeout", "--timeout", "1")
    assert "Timeout (>1.0s)" in report


def test_no_fork_stays_when_the_run_is_interrupted(tmp_path: Path) -> None:
    with begun(tmp_path, WAITING) as run:
        until = time.monotonic() + 50
        while not (tmp_path / "notes").exists() or not (tmp_path / "notes").read_text().endswith("\n"):
            assert time.monotonic() < until
            time.sleep(0.02)
        run.send_signal(signal.SIGINT)
        assert run.wait(50) == pytest.ExitCode.INTERRUPTED
    assert not psutil.pid_exists(int((tmp_path / "notes").read_text()))
