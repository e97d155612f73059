from __future__ import annotations

from pathlib import Path

import pytest

from runtime.settings.environment import names_written, read_environment
from runtime.settings.mistakes import SettingsError


def test_what_is_exported_wins_over_what_is_written(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("PORT=81\nCHAIN='x1' # a fork\nSANDBOX_SEED=$PORT\n")
    environ = read_environment(file, {"PORT": "82"})
    assert environ == {"PORT": "82", "CHAIN": "x1", "SANDBOX_SEED": "$PORT"}


def test_without_the_file_only_the_environment_counts(tmp_path: Path) -> None:
    assert read_environment(tmp_path / ".env", {"A": "b"}) == {"A": "b"}


def test_lines_of_the_file_that_make_no_sense_are_reported(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("PORT=81\n=nothing\nCHAIN='unclosed\n")
    with pytest.raises(SettingsError) as error:
        read_environment(file, {})
    assert [mistake.name for mistake in error.value.mistakes] == [f"{file}, line 2,", f"{file}, line 3,"]


def test_a_file_from_another_editor_is_read(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes(b"\xef\xbb\xbfPORT=81\r\nexport CHAIN=x1\r\n")
    assert read_environment(file, {}) == {"PORT": "81", "CHAIN": "x1"}


def test_a_folder_where_the_file_should_be_is_reported(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read: is a directory"):
        read_environment(tmp_path, {})


def test_a_file_that_cannot_be_read_is_a_mistake(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes(b"A=\xff\xfe")
    with pytest.raises(SettingsError, match="cannot be read"):
        read_environment(file, {})


def test_the_names_in_the_file_are_known_and_one_that_cannot_be_read_has_none(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("PORT=81\nexport CHAIN=x1\n# BOGUS=1\n")
    assert names_written(file) == ["PORT", "CHAIN"]
    file.write_text("=nothing\n")
    assert names_written(file) == names_written(tmp_path) == []
