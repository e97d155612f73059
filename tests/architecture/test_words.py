"""No identifier carries an old word; see `tests/architecture/words.py` for the lists."""

import pytest

from tests.architecture.words import is_refused, key_names, offenders, sql_names


def test_no_identifier_carries_an_old_word() -> None:
    assert {file: sorted(names) for file, names in offenders().items()} == {}


@pytest.mark.parametrize(
    "name",
    [
        "make_desk",
        "ScanDesk",
        "_MOST_ROWS",
        "scan_sessions",
        "whaleFault",
        "is_told",
        "held",
        "_way",
        "Walker",
    ],
)
def test_an_old_word_is_seen_in_any_spelling(name: str) -> None:
    assert is_refused(name)


@pytest.mark.parametrize(
    "name", ["placeholder", "max_rows", "whale_search", "always", "folder", "desktop", "walk"]
)
def test_other_words_are_free(name: str) -> None:
    assert not is_refused(name)


def test_tables_and_columns_are_read_from_statements() -> None:
    text = "CREATE TABLE notices (\n    told_at timestamptz NOT NULL, -- a comment\n    chat_id bigint\n);"
    assert set(sql_names(text)) == {"notices", "told_at", "chat_id"}


def test_the_words_of_keys_are_read_from_texts() -> None:
    assert list(key_names('f"whale:hauls:{chain}"')) == ["whale", "hauls"]
