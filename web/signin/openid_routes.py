"""Signing in with Telegram by OpenID Connect, where OPENID_CLIENT_SECRET is set: there, and back again."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from domain.access import hash_of
from domain.errors import NotSignedIn, WhaleWatcherError
from runtime.clock import now
from runtime.settings.settings import Settings
from services.access import AccessStore
from storage.web.access import Proof
from web.callers import Callers, cookie_name
from web.signin.cookies import set_session
from web.signin.issuer import Client, Issuer
from web.signin.openid import ATTEMPT_SECONDS, LEEWAY_SECONDS, Reason, SignInRefused, begin, resume

log = logging.getLogger(__name__)
START, BACK, METHODS = "/signin/telegram", "/signin/telegram/back", "/signin/methods"
ATTEMPT_COOKIE = "ww_attempt"
_MAX_CODE_CHARACTERS = 4_096


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenIdRoutes:
    """Sends people to the issuer and takes them back."""

    access: AccessStore
    callers: Callers
    issuer: Issuer | None
    """None: signing in so is switched off."""

    def routes(self) -> list[Route]:
        """The routes; without an issuer the one alone that says so."""
        methods = [Route(METHODS, self.methods, methods=["GET"])]
        if self.issuer is None:
            return methods
        return [
            *methods,
            Route(START, self.start, methods=["GET"]),
            Route(BACK, self.back, methods=["GET"]),
        ]

    async def methods(self, request: Request) -> Response:  # noqa: ARG002 - the same for everybody
        """Return how people may sign in, besides the link of /web."""
        return JSONResponse({"telegram": self.issuer is not None})

    async def start(self, request: Request) -> Response:  # noqa: ARG002 - the caller begins
        """Begin: the browser keeps one random text, and goes to the issuer."""
        issuer = self._issuer()
        attempt = begin(issuer.client.client_secret, now().timestamp())
        try:
            response = RedirectResponse(await issuer.address_for(attempt), HTTPStatus.SEE_OTHER)
        except WhaleWatcherError as error:
            return _explained(error)
        self._keep(response, attempt.cookie, ATTEMPT_SECONDS)
        return response

    async def back(self, request: Request) -> Response:
        """The browser is back with a code, or without one when the person said no."""
        try:
            session = await self._session(request)
        except WhaleWatcherError as error:
            response = _explained(error)
        else:
            response = RedirectResponse("/#live", HTTPStatus.SEE_OTHER)
            set_session(response, session, self.callers.origin)
        self._keep(response, "", 0)
        return response

    async def _session(self, request: Request) -> str:
        issuer, asked = self._issuer(), request.query_params
        attempt = resume(
            issuer.client.client_secret,
            request.cookies.get(cookie_name(ATTEMPT_COOKIE, self.callers.origin), ""),
            asked.get("state", ""),
            now().timestamp(),
        )
        code = asked.get("code", "")
        if not 0 < len(code) <= _MAX_CODE_CHARACTERS:
            raise SignInRefused(Reason.DECLINED)
        user_id = await issuer.user_for(code, attempt)
        seconds = ATTEMPT_SECONDS + LEEWAY_SECONDS
        return await self.access.sign_in_by(
            Proof(proof_hash=hash_of(attempt.nonce), user_id=user_id, seconds=seconds)
        )

    def _issuer(self) -> Issuer:
        if self.issuer is None:
            raise SignInRefused(Reason.AWAY)
        return self.issuer

    def _keep(self, response: Response, value: str, seconds: int) -> None:
        """Let the browser keep the attempt until the way back; 0 seconds: no longer."""
        response.set_cookie(
            cookie_name(ATTEMPT_COOKIE, self.callers.origin),
            value,
            max_age=seconds,
            httponly=True,
            secure=self.callers.origin.startswith("https:"),
            samesite="lax",
        )


def make_issuer(settings: Settings) -> Issuer | None:
    """The issuer that the settings name; None: signing in so is switched off."""
    if not settings.openid_client_secret:
        return None
    client = Client(
        issuer=settings.openid_issuer,
        client_id=settings.openid_client_id or settings.bot_token.reveal().partition(":")[0],
        client_secret=settings.openid_client_secret,
        redirect_uri=settings.web_address + BACK,
    )
    return Issuer(client)


def _explained(error: WhaleWatcherError) -> Response:
    """Back to the page, which has words for each reason: a link can put none of its own there."""
    if isinstance(error, NotSignedIn):
        reason = error.reason if isinstance(error, SignInRefused) else Reason.OLD  # it was used already
    else:
        log.warning("Signing in with Telegram: %s", error)
        reason = Reason.AWAY
    return RedirectResponse(f"/signin?why={reason.value}", HTTPStatus.SEE_OTHER)
