"""Logs of every process: one line a record on standard error, without secrets. Set up once, at the start.

Secrets are taken out of a text by their shape and by their value.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
import time
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from types import TracebackType
from typing import TextIO

from runtime.observability.metrics import log_records
from runtime.observability.recent_errors import RecentErrors

log = logging.getLogger(__name__)

MASK = "***"
_about: ContextVar[tuple[Mapping[str, int | str], ...]] = ContextVar("about", default=())
"""What the running task works on, such as `update=4711`; stands in each of its lines."""

# Each takes time in proportion to the text, however hostile; texts from the chain are logged, too.
# Each pattern keeps what helps a reader (who, where) and loses what opens a door.
_SHAPES: tuple[tuple[re.Pattern[str], str], ...] = (
    # 123456789:AA…, as in https://api.telegram.org/bot123456789:AA…/sendMessage; the id is public.
    (re.compile(r"(?<!\d)(\d{6,12}):[A-Za-z0-9_-]{30,}"), rf"\1:{MASK}"),
    # scheme://user:password@host; a password may hold anything but / and blanks, even an @.
    (re.compile(r"\b([a-z][a-z0-9+.-]{0,20}://[^\s:/@]*):[^\s/]+@", re.IGNORECASE), rf"\1:{MASK}@"),
    # ?api-key=…, &token=…, password=… in queries and in libpq's key=value connection strings.
    (
        re.compile(
            r"(?i)((?:api[-_]?key|token|secret|passwd|password)"
            r"[\"']?\s*=\s*)(?:'[^']*'|\"[^\"]*\"|[^\s&'\"#,;)]+)"
        ),
        rf"\1{MASK}",
    ),
    # Providers that carry the key as the last part of the path: /v2/KEY, /KEY.
    (
        re.compile(r"(?i)\b((?:https?|wss?)://[^\s/'\"]+(?:/v\d+)?/)[A-Za-z0-9_-]{24,}(?=[/\s?'\"),]|$)"),
        rf"\1{MASK}",
    ),
    (re.compile(r"(?i)(authorization['\"]?\s*[:=]\s*['\"]?(?:bearer|basic)\s+)[^\s'\",]+"), rf"\1{MASK}"),
)
_MIN_SECRET_CHARS = 6
"""Shorter values are not masked by value: they would blot out ordinary words."""
_NO_INFO_FROM = (
    "httpx",
    "httpcore",
    "asyncio",
    "websockets",
    "aiohttp.access",
    "uvicorn.access",
    "uvicorn.error",
    "yoyo",
    "apscheduler",
)
"""Libraries whose ordinary records are dropped; httpx would log the bot token with every request."""
_NO_WARNINGS_FROM = ("asyncpg", "opentelemetry")
"""Libraries that warn of what we log ourselves in one line, or of what follows from an error they log."""


class Redactor:
    """Replaces secrets in texts.

    Args:
        values: texts that are never shown, whatever surrounds them.
    """

    __slots__ = ("_known",)

    def __init__(self, values: Iterable[str] = ()) -> None:
        known = sorted({value for value in values if len(value) >= _MIN_SECRET_CHARS}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def __call__(self, text: str) -> str:
        """The text with `***` in place of every secret."""
        for shape, replacement in _SHAPES:
            text = shape.sub(replacement, text)
        return self._known.sub(MASK, text) if self._known else text


redact = Redactor()
"""Masks by shape alone, for places that know no values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogStyle:
    """How a process logs."""

    program: str
    """Stands in every line: bot, scanner, notifications."""
    instance: str = ""
    """Which one of its kind."""
    level: str = "info"
    """debug, info, warning or error."""
    json: bool = False
    """One JSON object a line, for machines."""

    @property
    def source(self) -> str:
        """Program and instance as one word."""
        return f"{self.program}/{self.instance}" if self.instance else self.program


def set_up_logs(style: LogStyle, secrets: Iterable[str] = (), stream: TextIO | None = None) -> None:
    """Send all records to standard error (or `stream`), each as one line with every secret masked.

    Args:
        style: how a line looks.
        secrets: texts to mask wherever they stand, usually `Settings.secrets()`; shapes are masked anyway.
        stream: where to write instead.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    redactor = Redactor(secrets)
    handler.setFormatter((JsonLine if style.json else TextLine)(style, redactor))
    handler.addFilter(_count)
    kept = RecentErrors(redactor)
    logging.basicConfig(level=style.level.upper(), handlers=[handler, kept], force=True)
    logging.captureWarnings(capture=True)
    for name in _NO_INFO_FROM:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in _NO_WARNINGS_FROM:
        logging.getLogger(name).setLevel(logging.ERROR)


def log_uncaught() -> None:
    """Log what nobody catches, in a thread or where an object is deleted; Python would print its secrets."""
    sys.excepthook = _log_uncaught
    sys.unraisablehook = _log_unraisable
    threading.excepthook = _log_uncaught_in_thread


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    log.critical("Nothing caught an error", exc_info=(kind, error, trace))


def _log_unraisable(args: sys.UnraisableHookArgs) -> None:
    if args.exc_value is not None:
        where = args.err_msg or "Exception ignored where an object was deleted"
        log.error("%s", where, exc_info=(args.exc_type, args.exc_value, args.exc_traceback))


def _log_uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is None or isinstance(args.exc_value, SystemExit):
        return
    name = "that has ended" if args.thread is None else args.thread.name
    log.error(
        "Nothing caught an error in thread %s",
        name,
        exc_info=(args.exc_type, args.exc_value, args.exc_traceback),
    )


def _count(record: logging.LogRecord) -> bool:
    """Count what is a warning or worse; nothing is left out."""
    if record.levelno >= logging.WARNING:
        log_records.labels(record.levelname.lower()).inc()
    return True


class logged_as:  # noqa: N801 - used as a function
    """Let each line that the block logs, and every task that it starts, name these ids: `update=4711`."""

    __slots__ = ("_ids", "_token")

    def __init__(self, **ids: int | str) -> None:
        self._ids = ids

    def __enter__(self) -> None:
        self._token = _about.set((*_about.get(), self._ids))

    def __exit__(self, *_: object) -> None:
        _about.reset(self._token)


class TextLine(logging.Formatter):
    """`2026-11-22T01:02:03.456Z INFO bot/1 bot.routes: text`; what has several lines is joined by ` | `.

    Redaction is done here, on the finished text: arguments, tracebacks and foreign errors are covered.
    """

    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def __init__(self, style: LogStyle, redactor: Redactor) -> None:
        super().__init__()
        self.converter = time.gmtime
        self._source = style.source
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        text = self._redactor(self._text(record))
        time_ = self.formatTime(record)
        ids = " ".join(f"{name}={value}" for name, value in _ids().items())
        about = f" [{ids}]" if ids else ""
        return f"{time_} {record.levelname} {self._source} {record.name}{about}: {_one_line(text)}"

    def _text(self, record: logging.LogRecord) -> str:
        parts = [_message(record)]
        if record.exc_info and record.exc_info[0]:
            parts.append(self.formatException(record.exc_info))
        if record.stack_info:
            parts.append(record.stack_info)
        return "\n".join(parts)


class JsonLine(TextLine):
    """The same as one JSON object: time, level, program, logger, message."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line of JSON."""
        fields = {
            "time": self.formatTime(record),
            "level": record.levelname.lower(),
            "program": self._source,
            "logger": record.name,
            "message": self._redactor(self._text(record)),
            **_ids(),
        }
        text = json.dumps(fields, ensure_ascii=False)
        return text if text.isprintable() else "".join(map(_escaped, text))


def _escaped(char: str) -> str:
    """A character, or its code where it could forge lines, colours or the order of what is read."""
    return char if char.isprintable() else json.dumps(char)[1:-1]


def _ids() -> dict[str, str]:
    """Return what the running task works on."""
    return {name: str(value) for ids in _about.get() for name, value in ids.items()}


def _message(record: logging.LogRecord) -> str:
    """The message; a record whose arguments do not fit is logged all the same."""
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):
        return f"{record.msg} {record.args!r}"


def _one_line(text: str) -> str:
    """Several lines as one; control characters, which could forge lines or colours, are shown as codes."""
    joined = " | ".join(line.rstrip() for line in text.splitlines() if line.strip())
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in joined)
