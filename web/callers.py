"""Identifies the caller: by `Authorization: Bearer ww_…`, or by the session cookie."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import Request

from domain.access import Caller
from domain.errors import NotAllowed, NotSignedIn
from services.access import AccessStore

COOKIE = "ww_session"
HOST_PREFIX = "__Host-"
"""Of cookies over TLS: browsers take such ones from this host alone, which no other one plants."""
CHAT = "chat"
"""The parameter by which a person on the page names a group; a key names its chat itself."""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_MAX_CHAT_DIGITS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Callers:
    """Finds out who asks."""

    access: AccessStore
    origin: str
    """Of the page, such as `https://whales.example.org`; other pages cannot change anything."""

    async def of(self, request: Request) -> Caller:
        """Return who asks.

        Raises:
            NotSignedIn: nobody that is known.
            NotAllowed: a page of somebody else asks for a change, or the chat is unknown.
        """
        scheme, _, secret = request.headers.get("authorization", "").partition(" ")
        if scheme:
            if scheme.lower() != "bearer":
                raise NotSignedIn("Use `Authorization: Bearer ww_…`.")
            return await self.access.caller_of_key(secret.strip())
        session = request.cookies.get(cookie_name(COOKIE, self.origin))
        if session is None:
            raise NotSignedIn("Sign in, or use a key: /web and /apikey in the bot.")
        self.check_origin(request.method, request.headers)
        return await self.access.caller_of_session(session, _chat_id(request.query_params.get(CHAT)))

    def check_origin(self, method: str, headers: Mapping[str, str]) -> None:
        """Return if the request changes nothing or comes from our own page.

        Raises:
            NotAllowed: it does not.
        """
        if method in _SAFE:
            return
        origin = headers.get("origin", "")
        if not hmac.compare_digest(origin.encode(errors="replace"), self.origin.encode()):
            raise NotAllowed("Only our own page may ask for that.")


def cookie_name(name: str, origin: str) -> str:
    """What a cookie is called on a page: over plain http, as on one's own machine, it has no prefix."""
    return f"{HOST_PREFIX}{name}" if origin.startswith("https:") else name


def origin_of(url: str) -> str:
    """The origin of a page's address, as browsers send it."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _chat_id(text: str | None) -> int | None:
    if text is None or not text:
        return None
    digits = text.removeprefix("-")
    if not digits.isascii() or not digits.isdigit() or len(digits) > _MAX_CHAT_DIGITS - 2:
        raise NotAllowed("You are not in this chat.")
    return int(text)
