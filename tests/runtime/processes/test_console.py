from __future__ import annotations

import io
from pathlib import Path

import pytest

from runtime.observability.logs import Redactor
from runtime.processes.console import Console, LogFile


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class _Closed(io.StringIO):
    def write(self, _: str) -> int:
        raise BrokenPipeError


def test_names_stand_in_a_column_without_colours_in_a_pipe() -> None:
    stream = io.StringIO()
    console = Console(stream, ["bot", "scanner"])
    console.write_from("bot", "hello")
    console.write(console.bold("bold"))
    assert stream.getvalue() == "bot     | hello\nbold\n"


def test_a_terminal_sees_colours_unless_it_asks_for_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    stream = _Terminal()
    Console(stream, ["bot"]).write_from("bot", "hello")
    assert stream.getvalue() == "\x1b[36mbot |\x1b[0m hello\n"
    monkeypatch.setenv("NO_COLOR", "1")
    plain = _Terminal()
    Console(plain, ["bot"]).write_from("bot", "hello")
    assert plain.getvalue() == "bot | hello\n"


def test_a_reader_who_went_away_does_no_harm() -> None:
    console = Console(_Closed(), ["bot"])
    console.write_from("bot", "one")
    console.write_from("bot", "two")


def test_a_log_is_moved_away_when_it_is_too_long(tmp_path: Path) -> None:
    file = tmp_path / "bot.log"
    file.write_bytes(b"x" * 10_000_001)
    LogFile(file, Redactor()).write("new")
    assert file.read_text() == "new\n"
    assert (tmp_path / "bot.log.1").stat().st_size == 10_000_001


def test_a_log_that_cannot_be_written_does_no_harm(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "missing" / "bot.log", Redactor(["planted"]))
    log.write("lost")
    assert log.masked("a planted b") == "a *** b"
