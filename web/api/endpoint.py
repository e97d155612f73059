"""One endpoint of the API: its input, output and permissions, and how it runs."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any, Generic, TypeVar

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from domain.access import Caller, Scope
from domain.errors import BadInput, NotAllowed, WhaleWatcherError
from domain.people import Act, AuditOutcome
from services.services import Services
from storage.web import repeated_requests
from storage.web.repeated_requests import Earlier, RequestName, StoredAnswer
from web.callers import Callers
from web.problems import problem, problem_of
from web.quota import Quota

T = TypeVar("T")
MAX_BODY_BYTES = 64 * 1024
MAX_ACT = 60
"""Characters of an act in the audit log."""
MAX_NAME = 200
"""Characters of an Idempotency-Key."""
JSON_TYPE = "application/json"
Limit = Annotated[int, msgspec.Meta(ge=1, le=100, description="How many at most.")]
Cursor = Annotated[
    str,
    msgspec.Meta(max_length=64, description="`next_cursor` of the page before."),
]


class NoParameters(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint that takes none."""


class NoBody(msgspec.Struct, frozen=True, kw_only=True):
    """A request without a body."""


class PageParameters(msgspec.Struct, frozen=True, kw_only=True):
    """Which page of a list."""

    cursor: Cursor = ""
    limit: Limit = 50

    @property
    def before(self) -> int:
        """The number that the cursor stands for.

        Raises:
            BadInput: it stands for none.
        """
        return cursor_number(self.cursor)


class Page(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """A page of a list.

    `{"data": [], "next_cursor": "81"}`.
    """

    data: list[T]
    next_cursor: str | None = None
    """Null: this is the last page."""


def cursor_number(cursor: str, first: int = 2**62) -> int:
    """The number that a cursor stands for; `first`: it is empty.

    Raises:
        BadInput: it stands for none.
    """
    if not cursor:
        return first
    if not cursor.isascii() or not cursor.isdigit() or len(cursor) > 18:  # noqa: PLR2004 - digits of a bigint
        raise BadInput("cursor: take next_cursor of the page before.")
    return int(cursor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request that is admitted."""

    caller: Caller
    services: Services
    parameters: Any
    """In the type of its endpoint."""
    body: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One row of the table."""

    method: str
    path: str
    """Below /api/v1; a part in braces is a parameter."""
    summary: str
    scope: Scope
    answer: Any
    """The type of what is answered; None: nothing."""
    run: Callable[[Call], Awaitable[Any]]
    """Raises WhaleWatcherError, whose text people may read."""
    parameters: type[msgspec.Struct] = NoParameters
    body: type[msgspec.Struct] = NoBody
    status: HTTPStatus = HTTPStatus.OK
    kept: Callable[[Any], Any] = lambda answer: answer
    """What is stored of an answer for those who repeat the request: all but secrets."""

    @property
    def changes(self) -> bool:
        """Whether it changes anything."""
        return self.method != "GET"


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """What all endpoints stand on."""

    services: Services
    callers: Callers
    quota: Quota

    async def answer(self, endpoint: Endpoint, request: Request) -> Response:
        """Carry a request out, or say why not."""
        try:
            caller = await self.callers.of(request)
            left = await self.quota.charge(caller)
            if left.wait:
                return left.refusal()
            response = await self._admitted(endpoint, request, caller)
        except WhaleWatcherError as error:
            return problem_of(error)
        except ClientDisconnect:
            return Response(status_code=HTTPStatus.BAD_REQUEST)
        response.headers.update(left.headers())
        return response

    async def _admitted(self, endpoint: Endpoint, request: Request, caller: Caller) -> Response:
        body = await _body(request)
        await self._allow(endpoint, caller)
        parameters = _parameters(endpoint, request)
        parsed = _parsed(endpoint, request, body)
        call = Call(caller=caller, services=self.services, parameters=parameters, body=parsed)
        name = request.headers.get("idempotency-key")
        if name is None or not endpoint.changes:
            return _response(endpoint, await endpoint.run(call))
        return await self._once(endpoint, call, _request_name(name, request, caller, body))

    async def _allow(self, endpoint: Endpoint, caller: Caller) -> None:
        """Return if the caller may do so now; who reaches for what is operators' enters the audit log."""
        try:
            await self.services.access.allow(caller, endpoint.scope)
        except NotAllowed:
            if endpoint.scope is Scope.ADMIN:
                await self.services.audit.note(
                    Act(
                        actor_id=caller.user_id,
                        chat_id=caller.target.chat_id,
                        act=f"web: {endpoint.method} {endpoint.path}"[:MAX_ACT],
                        outcome=AuditOutcome.REFUSED,
                    )
                )
            raise

    async def _once(self, endpoint: Endpoint, call: Call, name: RequestName) -> Response:
        """Carry a change out once, however often it is asked for by the same name."""
        database = self.services.access.database
        earlier = await repeated_requests.begin(database, name)
        if isinstance(earlier, StoredAnswer):
            return Response(
                earlier.body, earlier.status, {"Idempotent-Replayed": "true"}, media_type=JSON_TYPE
            )
        if earlier is Earlier.IN_WORK:
            return problem(HTTPStatus.CONFLICT, "A request of this Idempotency-Key is in work.")
        if earlier is Earlier.OTHER:
            return problem(
                HTTPStatus.UNPROCESSABLE_ENTITY, "This Idempotency-Key belongs to another request."
            )
        try:
            answer = await endpoint.run(call)
        except BaseException:
            await repeated_requests.forget(database, name)
            raise
        kept = _response(endpoint, endpoint.kept(answer))
        await repeated_requests.end(
            database, name, StoredAnswer(status=kept.status_code, body=bytes(kept.body))
        )
        return _response(endpoint, answer)


def _response(endpoint: Endpoint, answer: Any) -> Response:
    if endpoint.answer is None:
        return Response(status_code=HTTPStatus.NO_CONTENT)
    return Response(msgspec.json.encode(answer), endpoint.status.value, media_type=JSON_TYPE)


async def _body(request: Request) -> bytes:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MAX_BODY_BYTES:
            raise BadInput(f"The body is longer than {MAX_BODY_BYTES} bytes.")
        parts.append(part)
    return b"".join(parts)


def _parsed(endpoint: Endpoint, request: Request, body: bytes) -> msgspec.Struct:
    if endpoint.body is NoBody:
        return NoBody()
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != JSON_TYPE:
        raise BadInput("Content-Type: application/json, please.")
    try:
        parsed: msgspec.Struct = msgspec.json.decode(body, type=endpoint.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput(f"The body cannot be read: {error}"[:300]) from error
    return parsed


def _parameters(endpoint: Endpoint, request: Request) -> msgspec.Struct:
    values: Mapping[str, str] = {**request.query_params, **request.path_params}
    try:
        return msgspec.convert(dict(values), type=endpoint.parameters, strict=False)
    except msgspec.ValidationError as error:
        raise BadInput(f"The parameters cannot be read: {error}"[:300]) from error


def _request_name(name: str, request: Request, caller: Caller, body: bytes) -> RequestName:
    if not 1 <= len(name) <= MAX_NAME or not name.isprintable():
        raise BadInput(f"Idempotency-Key: 1 to {MAX_NAME} characters.")
    asked = f"{request.method}\0{request.url.path}\0{request.url.query}\0"
    return RequestName(
        caller=f"{caller.name}:{caller.target.chat_id}",
        name=name,
        request_hash=hashlib.sha256(asked.encode(errors="replace") + body).digest(),
    )
