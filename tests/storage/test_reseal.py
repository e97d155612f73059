"""`python -m storage reseal`: everything moves to the newest key, and nothing is lost on the way."""

import psycopg
import pytest

from domain.errors import DatabaseUnavailable, Misconfigured
from storage.__main__ import main
from storage.reseal import SEALED_COLUMNS, SealedColumn, reseal
from storage.sealing import Sealer

OLD, NEW = bytes(range(32)), bytes(range(1, 33))
COLUMN = SealedColumn(table="entrusted", column="secret")


@pytest.fixture
def table(direct_url: str) -> str:
    """Three secrets of the old key, one of the newest, one row without any."""
    with psycopg.connect(direct_url) as connection:
        connection.execute("CREATE TABLE entrusted (id bigint PRIMARY KEY, secret bytea)")
        for row in (1, 2, 10):
            _store(connection, row, Sealer([OLD]))
        _store(connection, 3, Sealer([NEW]))
        connection.execute("INSERT INTO entrusted (id) VALUES (4)")
    return direct_url


def _store(connection: psycopg.Connection, row: int, sealer: Sealer) -> None:
    sealed = sealer.seal(f"secret {row}".encode(), column=COLUMN.name, row=str(row))
    connection.execute("INSERT INTO entrusted VALUES (%s, %s)", (row, sealed))


def opened(url: str, sealer: Sealer) -> list[str]:
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT id, secret FROM entrusted WHERE secret IS NOT NULL ORDER BY id")
        return [sealer.unseal(one, column=COLUMN.name, row=str(row)).decode() for row, one in rows]


@pytest.mark.services
def test_after_it_the_newest_key_opens_everything_and_again_it_does_nothing(
    table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.reseal._ROWS_AT_ONCE", 2)
    first = reseal(table, Sealer([NEW, OLD]), [COLUMN])
    assert (first.sealed, first.newest, first.unreadable) == (3, 1, [])
    assert "Older keys may go now" in first.text()
    assert opened(table, Sealer([NEW])) == ["secret 1", "secret 2", "secret 3", "secret 10"]
    again = reseal(table, Sealer([NEW]), [COLUMN])
    assert (again.sealed, again.newest) == (0, 4)


@pytest.mark.services
def test_what_no_key_opens_stays_as_it_is_and_is_named(table: str) -> None:
    result = reseal(table, Sealer([NEW]), [COLUMN])
    assert len(result.unreadable) == 3
    assert "Keep all keys" in result.text()
    assert "entrusted.secret of row 10 was sealed with the key" in result.text()
    assert opened(table, Sealer([OLD, NEW])) == ["secret 1", "secret 2", "secret 3", "secret 10"]


@pytest.mark.services
def test_every_column_of_the_table_is_there_and_holds_bytes(direct_url: str) -> None:
    assert reseal(direct_url, Sealer([NEW])).unreadable == []
    with psycopg.connect(direct_url) as connection:
        found = connection.execute(
            "SELECT table_name || '.' || column_name FROM information_schema.columns"
            " WHERE data_type = 'bytea'"
        )
        names = {name for (name,) in found}
    assert {column.name for column in SEALED_COLUMNS} <= names


def test_without_a_key_or_a_server_it_says_so() -> None:
    with pytest.raises(Misconfigured, match="SECRETS_KEY"):
        reseal("postgresql://nobody@127.0.0.1:1/none", Sealer([]), [])
    with pytest.raises(DatabaseUnavailable, match="DATABASE_URL"):
        reseal("postgresql://nobody@127.0.0.1:1/none", Sealer([NEW]), [COLUMN])


@pytest.mark.services
def test_the_command_reads_the_settings(
    direct_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", direct_url)
    monkeypatch.setenv("SECRETS_KEY", "")
    monkeypatch.delenv("SECRETS_KEY_FILE", raising=False)
    assert main(["reseal"]) == 1
    assert "SECRETS_KEY is not set" in capsys.readouterr().err
    monkeypatch.setenv("SECRETS_KEY", NEW.hex())
    assert main(["reseal"]) == 0
    assert "sealed anew: 0" in capsys.readouterr().out
