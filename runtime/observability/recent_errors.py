"""Recently logged errors of this process, grouped; heartbeats carry them to /errors.

Two records are one error if they come from the same place in the code, whatever their arguments.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import asdict, replace

from domain.snapshot import LoggedError

MAX_GROUPS = 40
"""Of the process; those that are not seen for longest go."""
MAX_CHARACTERS = 200


class RecentErrors(logging.Handler):
    """Keeps what is logged as an error or worse.

    Args:
        redact: masks secrets.
    """

    def __init__(self, redact: Callable[[str], str]) -> None:
        super().__init__(level=logging.ERROR)
        self._redact = redact
        self._groups: dict[tuple[str, str, int], LoggedError] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Count a record."""
        kind = (record.name, record.pathname, record.lineno)
        before = self._groups.pop(kind, None)
        text = self._redact(_message(record))[:MAX_CHARACTERS]
        if before is None:
            before = LoggedError(
                program="",
                logger=record.name,
                line=record.lineno,
                text=text,
                count=0,
                first_at=record.created,
                last_at=record.created,
            )
        self._groups[kind] = replace(before, text=text, count=before.count + 1, last_at=record.created)
        if len(self._groups) > MAX_GROUPS:
            del self._groups[next(iter(self._groups))]

    def latest(self, limit: int) -> list[dict[str, object]]:
        """The latest kinds first, as plain values; whoever reads them knows the program."""
        return [asdict(one) for one in list(self._groups.values())[: -limit - 1 : -1]]


def _message(record: logging.LogRecord) -> str:
    """The first line of a record, with the error that it is about."""
    try:
        text = record.getMessage()
    except (TypeError, ValueError, KeyError):
        text = str(record.msg)
    error = record.exc_info[1] if record.exc_info else None
    first = text.splitlines()[0] if text.strip() else ""
    return f"{first} ({type(error).__name__}: {error})" if error is not None else first


def recent_errors(limit: int) -> list[dict[str, object]]:
    """The latest errors of this process; none before its logs are set up."""
    kept = [one for one in logging.getLogger().handlers if isinstance(one, RecentErrors)]
    return kept[0].latest(limit) if kept else []
