"""Signing in and out. A session is a cookie that no script reads; only our own page may ask for one.

The token of a link stands behind `#`, which no server and no log sees; the page posts it. So whatever looks
at links before people do, such as a preview, uses up nothing.
"""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from domain.access import hash_of
from domain.errors import BadInput, WhaleWatcherError
from messaging.telegram.init_data import MAX_AGE, MAX_AHEAD, MAX_CHARACTERS, read_init_data
from runtime.clock import now
from runtime.settings.secret import Secret
from services.access import AccessStore
from storage.web.access import Proof
from web.callers import COOKIE, Callers, cookie_name
from web.problems import problem_of
from web.signin.cookies import delete_session, set_session

MAX_BODY_BYTES = 3 * MAX_CHARACTERS


class SignIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What proves who somebody is: one of the two.

    `{"token": "4f0c…"}`.
    """

    token: Annotated[str, msgspec.Meta(max_length=64)] = ""
    """Out of a link of /web."""
    init_data: Annotated[str, msgspec.Meta(max_length=MAX_CHARACTERS)] = ""
    """What Telegram gave the Mini App."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInRoutes:
    """Opens and ends sessions."""

    access: AccessStore
    callers: Callers
    bot_token: Secret

    def routes(self) -> list[Route]:
        """The routes of signing in and out."""
        return [
            Route("/session", self.sign_in, methods=["POST"]),
            Route("/session", self.sign_out, methods=["DELETE"]),
        ]

    async def sign_in(self, request: Request) -> Response:
        """Open a session; its cookie goes with the answer."""
        try:
            self.callers.check_origin(request.method, request.headers)
            session = await self._session(_parsed(await _body(request)))
        except WhaleWatcherError as error:
            return problem_of(error)
        response = Response(status_code=HTTPStatus.NO_CONTENT)
        set_session(response, session, self.callers.origin)
        return response

    async def sign_out(self, request: Request) -> Response:
        """End the session of the cookie."""
        try:
            self.callers.check_origin(request.method, request.headers)
            await self.access.sign_out(request.cookies.get(cookie_name(COOKIE, self.callers.origin), ""))
        except WhaleWatcherError as error:
            return problem_of(error)
        response = Response(status_code=HTTPStatus.NO_CONTENT)
        delete_session(response, self.callers.origin)
        return response

    async def _session(self, asked: SignIn) -> str:
        if not asked.init_data:
            return await self.access.sign_in(asked.token)
        start = read_init_data(asked.init_data, token=self.bot_token.reveal(), now=now())
        seconds = int((MAX_AGE + 2 * MAX_AHEAD).total_seconds())
        proof = Proof(proof_hash=hash_of(start.proof), user_id=start.user_id, seconds=seconds)
        return await self.access.sign_in_by(proof)


async def _body(request: Request) -> bytes:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MAX_BODY_BYTES:
            raise BadInput("The body is too long.")
        parts.append(part)
    return b"".join(parts)


def _parsed(body: bytes) -> SignIn:
    try:
        return msgspec.json.decode(body, type=SignIn)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput("The body cannot be read.") from error
