from __future__ import annotations

import contextlib
import io
import json
import logging
import re
import time
import warnings
from collections.abc import Iterator

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.observability.logs import LogStyle, Redactor, logged_as, redact, set_up_logs
from runtime.observability.metrics import REGISTRY

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


def test_nobody_can_forge_a_line_of_json_or_the_order_of_what_is_read() -> None:
    stream = _said(LogStyle(program="bot", json=True))
    name = "a\x1b[31m\u2028b\x85c\x9bd\u202ee\u200b 海"
    logging.getLogger("x").warning("named %s", name)
    written = stream.getvalue()
    assert written[:-1].isprintable()
    assert written.splitlines() == [written[:-1]]
    assert json.loads(written)["message"] == f"named {name}"
    assert "海" in written


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


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (f"POST https://api.telegram.org/bot{_TOKEN}/sendMessage", "POST https://api.telegram.org/bot123456789:***/sendMessage"),
        (f"token={_TOKEN}", "token=***"),
        ("https://rpc.example.org/?api-key=0a1b2c3d", "https://rpc.example.org/?api-key=***"),
        ("https://rpc.example.org/?a=1&apiKey=0a1b2c3d&b=2", "https://rpc.example.org/?a=1&apiKey=***&b=2"),
        ("redis://:s3cr3t@127.0.0.1:6379/0", "redis://:***@127.0.0.1:6379/0"),
        ("rediss://user:p@ss@host", "rediss://user:***@host"),
        ("postgresql://whale:pa%20ss@db:5432/whale", "postgresql://whale:***@db:5432/whale"),
        ("host=db user=whale password=secret dbname=x", "host=db user=whale password=*** dbname=x"),
        ("password='two words' host=x", "password=*** host=x"),
        ("https://node.example.org/v2/AbCdEfGhIjKlMnOpQrStUvWxYz012345", "https://node.example.org/v2/***"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer ***"),
    ],
)  # fmt: skip
def test_it_knows_secrets_by_their_shape(text: str, masked: str) -> None:
    assert redact(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "slot 123456789: 12 transactions",
        "http://127.0.0.1:8081/health",
        "mint So11111111111111111111111111111111111111112",
        "2026-11-22T01:02:03.456Z INFO bot/1",
        "tokens=3 seen",
    ],
)
def test_it_leaves_ordinary_texts_alone(text: str) -> None:
    assert redact(text) == text


# A value with stars may be made again of the mask and what stands beside it, which tells nothing of it.
@given(st.text(st.characters(exclude_characters="*"), min_size=6), st.text(), st.text())
def test_a_known_value_never_survives(secret: str, before: str, after: str) -> None:
    assert secret not in Redactor([secret])(before + secret + after)


@pytest.mark.parametrize(
    "piece", ["a.", "a-", "a://b:", "token", "token= ", "https://", "://", "1", "1:", "password='"]
)
def test_a_hostile_text_takes_no_longer_than_another(piece: str) -> None:
    began = time.monotonic()
    redact(piece * (64_000 // len(piece)))
    assert time.monotonic() - began < 1


def test_a_secret_inside_a_longer_one_does_not_spare_the_rest() -> None:
    assert Redactor(["abcdef", "abcdefghij"])("abcdefghij") == "***"


def test_short_values_are_no_secrets() -> None:
    assert Redactor(["", "bot"])("the bot") == "the bot"


def test_warnings_and_worse_are_counted_and_nothing_else() -> None:
    def counted(level: str) -> float:
        return REGISTRY.get_sample_value("whale_watcher_log_records_total", {"level": level}) or 0.0

    before = {level: counted(level) for level in ("info", "warning", "error")}
    _said()
    log = logging.getLogger("bot.routes")
    log.info("a")
    log.warning("b")
    log.error("c")
    after = {level: counted(level) - number for level, number in before.items()}
    assert after == {"info": 0, "warning": 1, "error": 1}


def test_each_line_names_what_the_task_works_on_and_no_line_after_it() -> None:
    out = _said()
    log = logging.getLogger("bot.routes")
    with logged_as(update=7):
        with logged_as(event="abc"):
            log.info("inside")
        log.info("outside")
    log.info("after")
    inside, outside, after = out.getvalue().splitlines()
    assert inside.endswith("bot.routes [update=7 event=abc]: inside")
    assert outside.endswith("bot.routes [update=7]: outside")
    assert after.endswith("bot.routes: after")


def test_machines_get_what_the_task_works_on_as_fields() -> None:
    out = _said(LogStyle(program="bot", json=True))
    with logged_as(update=7):
        logging.getLogger("bot.routes").info("inside")
    assert json.loads(out.getvalue())["update"] == "7"
