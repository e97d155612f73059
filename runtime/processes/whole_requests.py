"""Whole requests: an application gets the body in one call, and answers in one.

ASGI gives each request a task, a channel for its body and one for its answer, which cost several times
as much as reading the request does. A small request that is only stored needs none of them.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from http import HTTPStatus
from typing import Protocol, runtime_checkable

Header = tuple[bytes, bytes]
"""Its name in small letters, and its value."""


class Answer(Protocol):
    """Answers a request."""

    def __call__(self, status: int, text: str = "", *headers: Header) -> None:
        """Answer with a status and a plain text.

        Args:
            status: of HTTP.
            text: of a refusal.
            headers: beside those of the text.
        """
        ...


@runtime_checkable
class WholeRequestApplication(Protocol):
    """An application that takes some requests as a whole, and gets the others by ASGI."""

    def takes(self, method: bytes, url: bytes, headers: Sequence[Header]) -> bool:
        """Whether it takes the request that begins so; then the body may be as long as its header says.

        Args:
            method: such as POST.
            url: as it was asked for.
            headers: all of them.
        """
        ...

    def take(self, body: bytes, answer: Answer) -> None:
        """Take a request whose body has come; `answer` is called once, now or later."""
        ...


class _NullWaiter:
    """Flow control that never waits; uvicorn calls it for each piece."""

    def set(self) -> None:
        """Something came."""


_NOBODY = _NullWaiter()


class WholeRequest:
    """Stands in place of uvicorn's cycle of a request, with what uvicorn reads and sets of it."""

    __slots__ = ("body", "disconnected", "keep_alive", "more_body", "response_complete")
    message_event = _NOBODY

    def __init__(self) -> None:
        self.body = b""
        self.more_body = True
        self.disconnected = False
        self.response_complete = False
        self.keep_alive = True

    def add(self, body: bytes) -> None:
        """A piece of its body."""
        self.body += body

    def end(self) -> None:
        """It is answered."""
        self.response_complete = True


def response(status: int, text: str, headers: Sequence[Header], *, keep_alive: bool) -> bytes:
    """A whole response.

    Args:
        status: of HTTP.
        text: its body.
        headers: beside those of the body.
        keep_alive: whether the connection stays open.
    """
    if not (text or headers) and keep_alive:
        return _bare(status)
    body = text.encode()
    plain = [(b"content-type", b"text/plain; charset=utf-8")] if body else []
    all_headers = [*plain, *headers]
    if not keep_alive:
        all_headers.append((b"connection", b"close"))
    lines = b"".join(b"%b: %b\r\n" % header for header in all_headers)
    return b"%b%bcontent-length: %d\r\n\r\n%b" % (_status_line(status), lines, len(body), body)


@functools.cache
def _bare(status: int) -> bytes:
    return b"%bcontent-length: 0\r\n\r\n" % _status_line(status)


@functools.cache
def _status_line(status: int) -> bytes:
    return f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n".encode()
