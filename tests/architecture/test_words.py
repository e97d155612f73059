"""No identifier carries an old word; see `tests/architecture/words.py` for the lists."""

from pathlib import Path

import pytest

from tests.architecture.words import (
    PHRASES,
    ROOT,
    alias_names,
    browser_files,
    is_refused,
    key_names,
    offenders,
    page_names,
    prose_of,
    python_files,
    python_names,
    script_names,
    sql_names,
    style_names,
)


def test_no_identifier_carries_an_old_word() -> None:
    assert {file: sorted(names) for file, names in offenders().items()} == {}


def test_no_docstring_or_comment_of_the_product_carries_a_refused_phrase() -> None:
    others = ("tests", "bench", "tools")
    product = [path for path in python_files() if path.relative_to(ROOT).parts[0] not in others]
    product += (ROOT / "storage").rglob("*.sql")
    found = {
        str(path.relative_to(ROOT)): phrases
        for path in product
        if (phrases := [phrase for text in prose_of(path) for phrase in PHRASES.findall(text)])
    }
    assert found == {}


def test_prose_is_docstrings_and_comments_and_no_other_text(tmp_path: Path) -> None:
    file = tmp_path / "module.py"
    file.write_text('"""Runs for\never."""\nTEXT = "lately"  # read anew\n')
    assert [PHRASES.findall(text) for text in prose_of(file)] == [["for ever"], ["anew"]]
    statements = tmp_path / "statements.sql"
    statements.write_text("-- Runs for\n-- ever.\nSELECT 'lately';  -- anew\n")
    assert [PHRASES.findall(text) for text in prose_of(statements)] == [["for ever", "anew"]]


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
        "_TEXT_LIMIT",
    ],
)
def test_an_old_word_is_seen_in_any_spelling(name: str) -> None:
    assert is_refused(name)


@pytest.mark.parametrize(
    "name",
    [
        "placeholder",
        "max_rows",
        "whale_search",
        "always",
        "folder",
        "desktop",
        "walk",
        "OVER_LIMIT",
        "row_limit",
    ],
)
def test_other_words_are_free(name: str) -> None:
    assert not is_refused(name)


def test_identifiers_are_read_from_code_and_neither_from_texts_nor_from_comments(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "module.py"
    file.write_text(
        '"""Desk."""\n'
        "text = '#' + \"it's \\\" a tap\"; tapped = 1_000  # a slip\n"
        'SQL = r"""\n# told \\d\n"""\n'
        "def strand(parcel=f'{text} wish'): return 0xF00\n"
    )
    monkeypatch.setattr("tests.architecture.words.ROOT", tmp_path)
    assert set(python_names(file)) - {"r", "f"} == {"module", "text", "tapped", "SQL", "strand", "parcel"}


def test_tables_and_columns_are_read_from_statements() -> None:
    text = "CREATE TABLE notices (\n    told_at timestamptz NOT NULL, -- a comment\n    chat_id bigint\n);"
    assert set(sql_names(text)) == {"notices", "told_at", "chat_id"}


def test_what_a_statement_calls_its_parts_is_read_from_it_wherever_it_stands() -> None:
    text = (
        'TAKE = f"""WITH told AS MATERIALIZED (SELECT 1 AS turn FROM {T} AS new (place, at)), now AS (..)"""'
    )
    assert list(alias_names(text)) == ["told", "turn", "new", "place", "at", "now"]


def test_the_words_of_keys_are_read_from_texts() -> None:
    assert list(key_names('f"whale:hauls:{chain}"')) == ["whale", "hauls"]


def test_names_of_scripts_are_read_from_code_and_from_what_is_filled_into_texts() -> None:
    text = "// a slip\nconst shown = (place) => `Most of ${found.lost} say`; say(\"tap\", 'it'); /* told */"
    assert {name for name in script_names(text) if is_refused(name)} == {"shown", "place", "lost", "say"}


def test_classes_and_ids_are_read_from_pages_and_styles() -> None:
    assert list(page_names('<p class="hint soft" id="roll-call">shown</p>')) == ["hint", "soft", "roll_call"]
    assert list(style_names("/* .told */ .hint, #tap-all { place-items: 0.5em; }")) == ["hint", "tap_all"]


def test_scripts_styles_and_pages_are_found() -> None:
    assert {path.suffix for path in browser_files()} == {".js", ".css", ".html"}
