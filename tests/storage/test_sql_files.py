"""Statements are read from files by their names, without comments, and PostgreSQL understands each."""

from pathlib import Path

import pytest

from storage import sql_files
from storage.postgres import Connection, Database
from storage.sql_files import FILE, named_in, read_statement, statements_in

STORAGE = Path(sql_files.__file__).parent
TEXT = """\
-- What all have in common.

-- name: moves.TAKE
-- Nobody's, as "--" says.
SELECT '-- no comment', ';' -- a comment with a ' in it
FROM moves;

-- name: moves.PUT
INSERT INTO moves

    -- another reason
    VALUES ($1);
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    written = tmp_path / FILE
    written.write_text(TEXT)
    return written


def test_a_statement_is_its_text_without_comments_and_empty_lines(file: Path) -> None:
    assert statements_in(file) == {
        "moves.TAKE": "SELECT '-- no comment', ';'\nFROM moves",
        "moves.PUT": "INSERT INTO moves\n    VALUES ($1)",
    }


def test_a_name_that_is_missing_is_an_error_that_says_where(file: Path) -> None:
    with pytest.raises(LookupError, match=rf"{file} names no statement moves\.GIVE\."):
        named_in(file, "moves.GIVE")


def test_a_name_that_stands_twice_is_an_error(file: Path) -> None:
    file.write_text(f"{TEXT}\n-- name: moves.TAKE\nSELECT 1;\n")
    with pytest.raises(LookupError, match=r"names two statements moves\.TAKE\."):
        statements_in(file)


def test_a_module_reads_from_the_file_of_its_folder() -> None:
    found = read_statement("storage.delivery.digests", "GATHER")
    assert found.startswith("WITH ready AS (\n")
    assert found.endswith("WHERE deliveries.delivery_id = due.delivery_id")


@pytest.mark.services
async def test_postgresql_understands_each_statement(database: Database) -> None:
    async def prepare(connection: Connection) -> int:
        read = [text for file in sorted(STORAGE.glob(f"*/{FILE}")) for text in statements_in(file).values()]
        for text in read:
            await connection.prepare(text)
        return len(read)

    assert await database.transaction(prepare) > 20
