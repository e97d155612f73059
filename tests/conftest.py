"""Fixtures that all tests share: real PostgreSQL and Valkey, started once, and recorded chain data."""

from __future__ import annotations

import asyncio
import gc
import itertools
import os
import shutil
import tempfile
from collections.abc import Generator, Iterator
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import redis
from hypothesis import HealthCheck, settings
from psycopg.sql import SQL, Identifier
from xdist.workermanage import parse_tx_spec_config

from runtime.embedded.ports import LOOPBACK
from runtime.embedded.postgres import EmbeddedPostgres
from runtime.embedded.server import EmbeddedServer
from runtime.embedded.valkey import EmbeddedValkey
from tests.chromium import chromium
from tests.forking import begin_to_fork
from tests.forks import Forks
from tests.leaving_out import BEYOND_UNIT, is_left_out, unnamed
from tests.memory import Memory
from tests.pooler import MISSING, PROGRAM, pooler
from tests.prepared import prepared_cluster
from tests.rewriting import compile_share, read_share
from tests.scheduling import GIVES_WAY, TOGETHER, FromBothEnds, takes_from_back

settings.register_profile("laws", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("laws")  # a law holds on a busy machine, too: no example is judged by the clock

_ADMINISTRATION = "postgres"
"""The database in which the others are made and dropped; nothing may be connected to one that is copied."""
_numbers = itertools.count(1)
_memory = Memory()

THROUGH_PGBOUNCER = bool(os.environ.get("TEST_PGBOUNCER"))
"""Whether every test reaches PostgreSQL through a PgBouncer: TEST_PGBOUNCER=1 make test."""
SERVERS = frozenset({"postgres_server", "valkey_server", "migrated_cluster"})
"""Fixtures of which each is a server, or needs one."""
MEMORY = Path("/dev/shm")
"""Where Linux keeps files in memory."""
MIN_FREE_MEMORY = 4 << 30
"""Bytes; servers of all the processes of a run, with their data, take about one GiB."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer to run the tests in forks, in place of processes of pytest-xdist."""
    parser.addoption("--forks", type=int, metavar="N", help="collect once, then run the tests in N forks")


def pytest_collection_finish() -> None:
    """Leave to no collector what was imported and collected: each look at it stopped a test for a second."""
    gc.collect()
    gc.freeze()


def pytest_configure(config: pytest.Config) -> None:
    """Give way where this process only computes, and write temporary files to memory where there is room.

    A database for each test is fifteen times as fast there. Processes that tests start, and those of
    pytest-xdist, inherit the folder. TMPDIR names another one.
    """
    gc.set_threshold(10_000)  # by default it looks for garbage so often that this takes a seventh of the time
    if takes_from_back(os.environ.get("PYTEST_XDIST_WORKER", "gw0")):  # a fork does it by itself
        os.nice(GIVES_WAY)
    if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > MIN_FREE_MEMORY:
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None  # is looked up again
    if forks := config.option.forks:
        config.pluginmanager.register(Forks(forks))
    os.environ.setdefault("PGSSLMODE", "disable")  # to ask for TLS took a fifth of a connection
    if worker := _worker(config):
        compile_share(config.pluginmanager.rewrite_hook, *worker)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Import no module of which nothing would run."""
    if not collection_path.match("test_*.py"):
        return None
    return is_left_out(_text(collection_path), config.option.markexpr) or None


@cache
def _text(module: Path) -> str:
    return module.read_text(encoding="utf-8")


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Read this process's share of the product for Hypothesis, which may not be asked before."""
    if worker := _worker(session.config):
        read_share(*worker)


def _worker(config: pytest.Config) -> tuple[int, int] | None:
    """The number of this process, from 0, and how many there are; None where it is the only one."""
    worker = getattr(config, "workerinput", None)
    return worker and (int(worker["workerid"].removeprefix("gw")), worker["workercount"])


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, bool | None, bool | None]:
    """Make before the forks what each of them would make."""
    if (
        session.config.option.forks
        and not session.config.option.collectonly
        and any(map(_has_servers, session.items))
    ):
        prepared_cluster(session.config)
        begin_to_fork()
    return (yield)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let what waits stand first and what computes last, as `FromBothEnds` expects it.

    What needs no servers reaches this machine alone. What starts one is no unit test, whatever it says.

    Raises:
        pytest.UsageError: a module does not name a marker that its tests bear.
    """
    for item in items:
        if _has_servers(item):
            item.add_marker(pytest.mark.services)
        if missing := unnamed(_text(item.path), {marker.name for marker in item.iter_markers()}):
            raise pytest.UsageError(f"{item.nodeid}: mark it in its module: {', '.join(sorted(missing))}")
    items.sort(key=_is_busy)
    for item in items:
        if not any(item.get_closest_marker(name) for name in BEYOND_UNIT):
            item.add_marker(pytest.mark.allow_hosts([LOOPBACK]))


def pytest_runtest_logfinish() -> None:
    """Keep a process as small as it was: one that had read large answers stayed at a gigabyte."""
    _memory.give_back()


def pytest_xdist_make_scheduler(config: pytest.Config) -> FromBothEnds:
    """Distribute the tests to the processes of `make test`."""
    return FromBothEnds(
        len(parse_tx_spec_config(config)), lambda report: config.hook.pytest_collectreport(report=report)
    )


def _has_servers(item: pytest.Item) -> bool:
    return not SERVERS.isdisjoint(getattr(item, "fixturenames", ()))


def _is_busy(item: pytest.Item) -> tuple[bool, ...]:
    """Rather true: what needs fewer others; what is long, or stays together, must not be left for the end.

    What is long has a timeout of its own.
    """
    marked = [item.get_closest_marker(name) is None for name in ("timeout", "e2e", "services")]
    return *marked, item.nodeid.startswith(TOGETHER)


@pytest.fixture(scope="session")
def chromium_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The one Chromium of this process, for whatever browser tests it runs."""
    with chromium(tmp_path_factory.mktemp("chromium")) as url:
        yield url


def _running(server: EmbeddedServer) -> Iterator[EmbeddedServer]:
    asyncio.run(server.start())
    yield server
    asyncio.run(server.stop())
    shutil.rmtree(server.folder)


@pytest.fixture(scope="session")
def postgres_server(
    tmp_path_factory: pytest.TempPathFactory, migrated_cluster: Path
) -> Iterator[EmbeddedServer]:
    """PostgreSQL of this session, whose writes need not survive a power cut; it has all migrations."""
    folder = tmp_path_factory.mktemp("servers") / "data"
    shutil.copytree(migrated_cluster, folder)
    yield from _running(EmbeddedPostgres(folder, durable=False))


@pytest.fixture(scope="session")
def _administrator(postgres_server: EmbeddedServer) -> Iterator[psycopg.Connection]:
    """Makes the databases of the tests and drops them."""
    with psycopg.connect(_named(postgres_server.url, _ADMINISTRATION), autocommit=True) as connection:
        connection.execute("SET file_copy_method = clone")  # in the kernel, an eighth cheaper
        yield connection


@pytest.fixture(scope="session")
def valkey_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """Valkey of this session."""
    yield from _running(EmbeddedValkey(tmp_path_factory.mktemp("servers"), durable=False))


@pytest.fixture(scope="session")
def migrated_cluster(pytestconfig: pytest.Config) -> Path:
    """The folder of a PostgreSQL that has all migrations and does not run: whoever hurts one copies it."""
    return prepared_cluster(pytestconfig)


@pytest.fixture(scope="session")
def pooler_url(postgres_server: EmbeddedServer) -> Iterator[str]:
    """The server_url to PostgreSQL through a PgBouncer in transaction mode."""
    if PROGRAM is None:
        pytest.skip(MISSING)
    with pooler(postgres_server.url) as url:
        yield url


@pytest.fixture
def postgres_url(
    postgres_server: EmbeddedServer,
    _administrator: psycopg.Connection,
    request: pytest.FixtureRequest,
) -> Iterator[str]:
    """A migrated, empty database for one test."""
    name = f"test_{next(_numbers)}"
    server_url = request.getfixturevalue("pooler_url") if THROUGH_PGBOUNCER else postgres_server.url
    names = {"name": Identifier(name), "template": Identifier(urlsplit(postgres_server.url).path[1:])}
    copy = SQL(
        "CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy"
    )  # the log would take thrice as long
    _administrator.execute(copy.format(**names))
    yield _named(server_url, name)
    _administrator.execute(SQL("DROP DATABASE {name} WITH (FORCE)").format(**names))


@pytest.fixture
def direct_url(postgres_server: EmbeddedServer, postgres_url: str) -> str:
    """The database of this test, through nothing."""
    return _named(postgres_server.url, postgres_url.rpartition("/")[2])


@pytest.fixture
def pooled_url(pooler_url: str, postgres_url: str) -> str:
    """The database of this test, through PgBouncer."""
    return _named(pooler_url, postgres_url.rpartition("/")[2])


@pytest.fixture
def valkey_url(valkey_server: EmbeddedServer) -> str:
    """An empty Valkey for one test."""
    with redis.Redis.from_url(valkey_server.url) as client:
        client.flushall()
    return valkey_server.url


@pytest.fixture(scope="session")
def ledger_dir() -> Path:
    """The folder of recorded chain data, which is not part of the repository."""
    folder = Path(__file__).parents[1].parent / "shared" / "ledger"
    if not folder.is_dir():
        pytest.skip("needs recorded chain data in ../shared/ledger, which is not here")
    return folder


def _named(url: str, database: str) -> str:
    return f"{url.rpartition('/')[0]}/{database}"
