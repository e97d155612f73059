"""Reads what getUpdates answers: one update that cannot be read never spoils those beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from domain.delivery.results import SendResult
from messaging.telegram import answers

MAX_KEPT = 4_000
"""Characters kept of an update that cannot be read."""
_UPDATE_ID = re.compile(rb'"update_id"\s*:\s*(\d{1,19})(?!\d)')
_TOKENS = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{},]', re.DOTALL)
_RESULT = re.compile(rb'"result"\s*:\s*\[')


class _Answer(msgspec.Struct):
    result: list[msgspec.Raw]


def split_updates(status: int, body: bytes) -> list[bytes] | SendResult:
    """The updates of an answer as JSON, each unread; or what the answer says instead."""
    try:
        return [bytes(update) for update in msgspec.json.decode(body, type=_Answer).result]
    except RecursionError:
        return list(_elements(body))
    except msgspec.DecodeError:
        return answers.of_answer(status, body)


def unreadable_id(update: bytes) -> int | None:
    """The id of an update that cannot be read, as it stands in its text; None: none stands there."""
    found = _UPDATE_ID.search(update)
    return None if found is None else int(found[1])


def as_unreadable(update_id: int, update: bytes) -> str:
    """JSON that keeps the text of an update that cannot be read."""
    text = update.decode(errors="replace")[:MAX_KEPT].replace("\x00", "\ufffd")
    return msgspec.json.encode({"update_id": update_id, "unreadable": text}).decode()


def _elements(body: bytes) -> Iterator[bytes]:
    """The elements of the list of results, by counting brackets: some are nested too deeply to be parsed."""
    start = _RESULT.search(body)
    if start is None:
        return
    depth, begin = 0, start.end()
    for token in _TOKENS.finditer(body, start.end()):
        mark = token[0]
        if mark in {b"[", b"{"}:
            depth += 1
        elif depth and mark in {b"]", b"}"}:
            depth -= 1
        elif not depth and mark in {b",", b"]"}:
            if element := body[begin : token.start()].strip():
                yield element
            begin = token.end()
            if mark == b"]":
                return
