"""Logs of every process: one line a record on standard error, without secrets. Set up once, at the start."""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TextIO

from runtime.observability.redaction import Redactor

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
_NO_WARNINGS_FROM = ("asyncpg",)
"""Libraries that warn, with a traceback each, of what we log ourselves in one line."""


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
    handler.setFormatter((JsonLine if style.json else TextLine)(style, Redactor(secrets)))
    logging.basicConfig(level=style.level.upper(), handlers=[handler], force=True)
    logging.captureWarnings(capture=True)
    for name in _NO_INFO_FROM:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in _NO_WARNINGS_FROM:
        logging.getLogger(name).setLevel(logging.ERROR)


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
        return f"{time_} {record.levelname} {self._source} {record.name}: {_one_line(text)}"

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
        }
        return json.dumps(fields, ensure_ascii=False)


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
