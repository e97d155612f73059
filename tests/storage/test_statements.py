"""Statements have names from the code, and their times are counted under them."""

import sys
from types import ModuleType

import pytest

from runtime.observability.metrics import REGISTRY
from storage import statements
from storage.coordination.instances import BEAT, beat
from storage.postgres import Database, open_database
from storage.statements import MAX_NAMES, StatementNames, described


def test_a_statement_is_called_what_the_code_calls_it() -> None:
    assert StatementNames().name(BEAT) == "instances.BEAT"


def test_a_module_that_is_imported_later_names_its_statements_too(monkeypatch: pytest.MonkeyPatch) -> None:
    names = StatementNames()
    assert names.name("SELECT 1 FROM early") == "select early"
    later = ModuleType("storage.later")
    vars(later)["_LATE"] = "SELECT 1 FROM late"
    monkeypatch.setitem(sys.modules, later.__name__, later)
    assert names.name("SELECT 1 FROM late") == "later.LATE"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("BEGIN;", "begin"),
        ("DELETE FROM chats WHERE chat_id = $1", "delete chats"),
        ("\n-- why\nINSERT INTO bans (user_id) VALUES ($1)", "insert bans"),
        ("DROP TABLE IF EXISTS activities_20261128", "drop activities"),
        ("UPDATE leases SET expires_at = now()", "update leases"),
        ("", "?"),
    ],
)
def test_a_statement_without_a_name_is_called_by_verb_and_table(text: str, name: str) -> None:
    assert described(text) == name


def test_however_many_texts_there_are_the_names_are_bounded() -> None:
    names = StatementNames()
    found = {names.name(f"SELECT {number} FROM t{'x' * number}") for number in range(MAX_NAMES + 50)}
    assert len(found) == MAX_NAMES + 1
    assert "other" in found


@pytest.mark.services
async def test_the_time_of_each_statement_is_counted(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statements, "_NAMES", StatementNames())  # other tests may have used up its names
    before = _count("instances.BEAT")
    await beat(database, instance_id="bot-1", program="bot")
    await database.fetchval("SELECT 1")
    assert _count("instances.BEAT") == before + 1


def _count(statement: str) -> float:
    labels = {"statement": statement}
    return REGISTRY.get_sample_value("whale_watcher_db_statement_seconds_count", labels) or 0.0


@pytest.mark.services
async def test_the_size_of_a_pool_counts_while_it_is_open(postgres_url: str) -> None:
    def size() -> float:
        return REGISTRY.get_sample_value("whale_watcher_db_pool_connections_max") or 0.0

    before = size()
    opened = await open_database(postgres_url, max_size=8)
    assert size() == before + 8
    for _ in range(2):
        await opened.close()
    assert size() == before
