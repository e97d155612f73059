"""Error responses: `application/problem+json`, RFC 9457. None shows internals."""

import logging
import math
from collections.abc import Mapping
from http import HTTPStatus

import msgspec
from starlette.responses import Response

from domain.errors import BadInput, NotAllowed, NotFound, NotSignedIn, Unavailable, WhaleWatcherError
from messaging.telegram.bad_input import refusal

log = logging.getLogger(__name__)
PROBLEM_TYPE = "application/problem+json"
RETRY_SECONDS = 5
_STATUSES: tuple[tuple[type[WhaleWatcherError], HTTPStatus], ...] = (
    (NotSignedIn, HTTPStatus.UNAUTHORIZED),
    (NotAllowed, HTTPStatus.FORBIDDEN),
    (NotFound, HTTPStatus.NOT_FOUND),
    (BadInput, HTTPStatus.UNPROCESSABLE_ENTITY),
    (Unavailable, HTTPStatus.SERVICE_UNAVAILABLE),
)


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Why a request was refused.

    `{"type": "about:blank", "title": "Not Found", "status": 404, "detail": "There is no such watch."}`.
    """

    type: str = "about:blank"
    title: str
    """The status in words."""
    status: int
    detail: str
    """For the caller; plain text."""


def problem(status: HTTPStatus, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """The answer to a request that is refused.

    Args:
        status: its phrase is the title.
        detail: for the caller, without internals or secrets.
        headers: besides the type, such as `Retry-After`.
    """
    body = msgspec.json.encode(Problem(title=status.phrase, status=status.value, detail=detail))
    return Response(body, status.value, headers, media_type=PROBLEM_TYPE)


def problem_of(error: WhaleWatcherError) -> Response:
    """The answer that an error stands for."""
    status = next(
        (status for kind, status in _STATUSES if isinstance(error, kind)), HTTPStatus.INTERNAL_SERVER_ERROR
    )
    if status is HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("A request failed: %s", error)
        return problem(status, "This went wrong on our side.")
    if isinstance(error, Unavailable):
        seconds = RETRY_SECONDS if error.retry_after is None else math.ceil(error.retry_after)
        return problem(status, "Try again in a moment.", {"Retry-After": str(max(1, min(seconds, 3_600)))})
    headers = {"WWW-Authenticate": 'Bearer realm="whale-watcher"'} if isinstance(error, NotSignedIn) else {}
    detail = refusal(error) if isinstance(error, BadInput) else str(error)
    return problem(status, detail, headers)
