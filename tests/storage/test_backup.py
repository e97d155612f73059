"""A backup holds all that is stored, and a restore lets it be what is stored."""

import hashlib
import json
from pathlib import Path

import pytest

from domain.errors import DatabaseUnavailable, Misconfigured, QueueUnavailable
from domain.jobs import DeliverPayload, Queue
from storage.backup import DATABASE, LIST, QUEUES, back_up, check, restore
from storage.coordination.instances import beat
from storage.coordination.queues import Queues
from storage.postgres import Database
from storage.redis import open_blocking_redis
from tests.storage.sample_data import follow, happened, purchase

pytestmark = pytest.mark.services
ALERTS = "SELECT count(*) FROM alerts"


async def test_a_restore_brings_back_what_was_stored_and_takes_away_what_came_later(
    database: Database, direct_url: str, valkey_url: str, tmp_path: Path
) -> None:
    await follow(database, chat_id=7)
    await happened(database, purchase(1))
    with open_blocking_redis(valkey_url) as client:
        await Queues(client).send(Queue.NOTIFICATIONS, DeliverPayload())
        client.set("session", "waits", px=60_000)
        folder = back_up(tmp_path / "backup", database_url=direct_url, redis_url=valkey_url)
        await happened(database, purchase(2))
        client.flushdb()
        assert await database.fetchval(ALERTS) == 2
        restore(folder, database_url=direct_url, redis_url=valkey_url)
        assert await database.fetchval(ALERTS) == 1
        assert await Queues(client).depth(Queue.NOTIFICATIONS) == 1
        assert 0 < int(client.pttl("session")) <= 60_000
    await happened(database, purchase(3))
    assert await database.fetchval(ALERTS) == 2


async def test_nothing_is_restored_under_programs_that_run(
    database: Database, direct_url: str, valkey_url: str, tmp_path: Path
) -> None:
    folder = back_up(tmp_path / "backup", database_url=direct_url, redis_url=valkey_url)
    await beat(database, instance_id="bot-1", program="bot")
    with pytest.raises(Misconfigured, match="1 programs still write"):
        restore(folder, database_url=direct_url, redis_url=valkey_url)


@pytest.mark.parametrize("damage", ["cut", "missing", "unlisted"])
async def test_a_backup_that_is_not_whole_is_refused(
    direct_url: str, valkey_url: str, tmp_path: Path, damage: str
) -> None:
    folder = back_up(tmp_path / "backup", database_url=direct_url, redis_url=valkey_url)
    check(folder)
    if damage == "cut":
        (folder / DATABASE).write_bytes((folder / DATABASE).read_bytes()[:-100])
    (folder / {"cut": "nothing", "missing": QUEUES, "unlisted": LIST}[damage]).unlink(missing_ok=True)
    with pytest.raises(Misconfigured):
        restore(folder, database_url=direct_url, redis_url=valkey_url)


async def test_a_backup_that_failed_bears_no_name(direct_url: str, tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    with pytest.raises(QueueUnavailable):
        back_up(folder, database_url=direct_url, redis_url="redis://127.0.0.1:1/0")
    assert not folder.exists()


async def test_a_backup_overwrites_none(direct_url: str, valkey_url: str, tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="exists already"):
        back_up(tmp_path, database_url=direct_url, redis_url=valkey_url)


async def test_a_restore_that_fails_leaves_all_as_it_was(
    database: Database, direct_url: str, valkey_url: str, tmp_path: Path
) -> None:
    await follow(database, chat_id=7)
    folder = back_up(tmp_path / "backup", database_url=direct_url, redis_url=valkey_url)
    await happened(database, purchase(1))
    (folder / DATABASE).write_bytes(b"PGDMP no dump at all")
    listed = json.loads((folder / LIST).read_text())
    listed["sha256"][DATABASE] = hashlib.sha256(b"PGDMP no dump at all").hexdigest()
    (folder / LIST).write_text(json.dumps(listed))
    with pytest.raises(DatabaseUnavailable, match="pg_restore failed"):
        restore(folder, database_url=direct_url, redis_url=valkey_url)
    assert await database.fetchval(ALERTS) == 1
