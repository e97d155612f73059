from __future__ import annotations

import contextlib
import io
import json
import logging
import re
import warnings
from collections.abc import Iterator

import httpx
import pytest

from runtime.observability.logs import LogStyle, set_up_logs

_TOKEN = "123456789:AAF0123456789abcdefghijklmnopqrstuv"
_STYLE = LogStyle(program="bot", instance="1", level="debug")


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)


def _raised(error: Exception) -> Exception:
    """The error with a traceback."""
    with contextlib.suppress(type(error)):
        raise error
    return error


def _said(style: LogStyle = _STYLE, *, secrets: tuple[str, ...] = ()) -> io.StringIO:
    stream = io.StringIO()
    set_up_logs(style, secrets, stream)
    return stream


def test_a_record_is_one_line_with_time_level_source_and_logger() -> None:
    stream = _said()
    logging.getLogger("bot.intake.update_queue").info("stored %d", 7)
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z INFO bot/1 bot\.intake\.update_queue: stored 7\n",
        stream.getvalue(),
    )


def test_a_traceback_stays_on_the_line() -> None:
    stream = _said()
    logging.getLogger("x").error("it failed", exc_info=_raised(ValueError("first\nsecond")))
    assert stream.getvalue().count("\n") == 1
    assert "ValueError: first | second" in stream.getvalue()


def test_nobody_can_forge_a_line_or_a_colour() -> None:
    stream = _said()
    logging.getLogger("x").info("name: %s", "a\nERROR b\r\x1b[31m\u202e\x00")
    assert stream.getvalue().count("\n") == 1
    assert stream.getvalue().removesuffix("\n").isprintable()


def test_json_lines_hold_the_same() -> None:
    stream = _said(LogStyle(program="bot", instance="1", json=True))
    logging.getLogger("x").warning("slow: %s", "“half” a second")
    record = json.loads(stream.getvalue())
    assert record.pop("time").endswith("Z")
    assert record == {
        "level": "warning",
        "program": "bot/1",
        "logger": "x",
        "message": "slow: “half” a second",
    }


@pytest.mark.parametrize("as_json", [False, True])
def test_no_secret_passes(as_json: bool) -> None:  # noqa: FBT001
    stream = _said(LogStyle(program="bot", json=as_json), secrets=("planted-value",))
    log = logging.getLogger("x")
    log.info("a %s", f"https://api.telegram.org/bot{_TOKEN}/getMe")
    log.info("b redis://:planted-pw@host and %s", {"url": "https://rpc.example.org/?api-key=planted-key"})
    error = httpx.ConnectError(f"cannot reach https://api.telegram.org/bot{_TOKEN}/getMe planted-value")
    log.error("c", exc_info=_raised(error))
    assert "planted" not in stream.getvalue()
    assert "AAF0" not in stream.getvalue()


def test_the_requests_of_http_libraries_are_not_logged() -> None:
    stream = _said()
    logging.getLogger("httpx").info("HTTP Request: POST https://api.telegram.org")
    logging.getLogger("httpcore.connection").debug("connect")
    assert stream.getvalue() == ""


def test_arguments_that_do_not_fit_do_not_lose_the_record() -> None:
    stream = _said()
    logging.getLogger("x").info("a %d", "b")
    assert "a %d ('b',)" in stream.getvalue()


def test_warnings_are_logged() -> None:
    stream = _said()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=True)
        warnings.warn("soon gone", DeprecationWarning, stacklevel=1)
    assert "soon gone" in stream.getvalue()


def test_lines_below_the_level_are_not_logged() -> None:
    stream = _said(LogStyle(program="bot", level="warning"))
    logging.getLogger("x").info("quiet")
    assert stream.getvalue() == ""
