"""The version before the newest migration, out of the history of this repository, to run beside today's."""

import asyncio
import io
import subprocess
import sys
import tarfile
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from runtime.processes.programs import WHOLE_SYSTEM
from storage.postgres import MIGRATIONS, Database
from tests.e2e.waiting import until

ROOT = Path(__file__).parents[2]
_END_SECONDS = 10.0


class NoHistoryError(Exception):
    """The version before is not to be had; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A tree of the project whose programs can be run."""

    name: str
    folder: Path

    async def migrate(self, environment: Mapping[str, str]) -> None:
        """Bring the database to what this version knows."""
        process = await self._start(("-m", "storage", "migrate"), environment, self.folder / "migrate.log")
        assert await process.wait() == 0, (self.folder / "migrate.log").read_text()

    @asynccontextmanager
    async def running(
        self, names: Sequence[str], environment: Mapping[str, str], database: Database, logs: Path
    ) -> AsyncIterator[None]:
        """Its programs, once they live; ended in order with the block."""
        instances = {name: f"{name}-{self.name}" for name in names}
        started: list[Process] = []
        try:
            for program in WHOLE_SYSTEM.programs:
                if program.name in instances:
                    own = {**environment, "INSTANCE_ID": instances[program.name]}
                    log = logs / f"{instances[program.name]}.log"
                    started.append(await self._start(program.arguments, own, log))
            await until(lambda: _live(database, list(instances.values())))
            yield
            assert [process.returncode for process in started] == [None] * len(started)
        finally:
            await _end(started)

    async def _start(self, arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> Process:
        with log.open("ab") as file:
            return await asyncio.create_subprocess_exec(
                sys.executable,
                *arguments,
                cwd=self.folder,
                env=dict(environment),
                stdin=DEVNULL,
                stdout=file,
                stderr=file,
            )


TODAY = Version(name="today", folder=ROOT)


def version_before(folder: Path) -> Version:
    """Return what was there when the newest migration came.

    Raises:
        NoHistoryError: there is one migration only, no history here, or it does not go back so far.
    """
    migrations = sorted(MIGRATIONS.glob("*.sql"))
    if len(migrations) == 1:
        raise NoHistoryError("needs a second migration: no database can be ahead of the first")
    newest = migrations[-1].relative_to(ROOT)
    added = _git("log", "--first-parent", "-m", "--diff-filter=A", "--format=%H", "--", str(newest)).split()
    before = f"{added[0].decode()}^1" if added else "HEAD"  # not committed yet: what is
    with tarfile.open(fileobj=io.BytesIO(_git("archive", before))) as archive:
        archive.extractall(folder, filter="data")
    if (folder / newest).exists():
        raise NoHistoryError(f"{newest} was there from the beginning")
    return Version(name="before", folder=folder)


def _git(*arguments: str) -> bytes:
    try:
        done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise NoHistoryError(f"needs the history of the repository: {error}") from error
    return done.stdout


async def _live(database: Database, instances: Sequence[str]) -> bool:
    return bool(
        await database.fetchval("SELECT count(*) FROM instances WHERE instance_id = ANY($1)", instances)
        == len(instances)
    )


async def _end(started: Sequence[Process]) -> None:
    running = [process for process in started if process.returncode is None]
    for process in running:
        process.terminate()
    for process in running:
        try:
            async with asyncio.timeout(_END_SECONDS):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
