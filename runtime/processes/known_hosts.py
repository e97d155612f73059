"""Protects local servers from cross-site requests and DNS rebinding.

A page can make a browser send requests to 127.0.0.1 in three ways. By a name of its own that suddenly
means this machine (DNS rebinding): then Host is that name. By a form, or by a script that cannot read the
answer: then Origin and Sec-Fetch-Site say so, which no page can change. By an image or a link: those are
GET, which must change nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from runtime.settings.parsing import is_loopback

MISDIRECTED = 421
_PRIVATE_ENDINGS = (".internal", ".local", ".localhost", ".svc")
"""Endings that no public name server answers for, so that no stranger can have a name with them."""
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_OURS = frozenset({"same-origin", "none"})
"""Values of Sec-Fetch-Site: from our own page, or typed by the person."""
_FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data", "text/plain"})
"""What a form of any site may send without asking first."""


def is_known_host(header: str | None, listening: str) -> bool:
    """Return whether a Host header names us.

    Args:
        header: its value; None: it is missing, as no browser leaves it.
        listening: the address that we listen on. On loopback only loopback is ours; else also any
        address, and names that no stranger can own: without a dot, as containers have, or with a private
        ending.
    """
    if header is None:
        return True
    try:
        host = (urlsplit(f"//{header}").hostname or "").rstrip(".")
    except ValueError:
        return False
    if not host or is_loopback(listening):
        return is_loopback(host)
    return _is_address(host) or "." not in host or host.endswith(_PRIVATE_ENDINGS)


def comes_from_elsewhere(headers: Mapping[str, str]) -> bool:
    """Return whether a page of another site, another port included, makes the browser ask."""
    origin, site = headers.get("Origin"), headers.get("Sec-Fetch-Site")
    is_ours = origin in (None, f"http://{headers.get('Host')}", f"https://{headers.get('Host')}")
    return not is_ours or (site is not None and site not in _OURS)


def refusal(method: str, headers: Mapping[str, str], listening: str) -> str | None:
    """Why a request is refused; None: it is not.

    Args:
        method: GET, HEAD and OPTIONS change nothing, so a page may ask what it cannot read.
        headers: of the request, by names in any case.
        listening: the address that we listen on.
    """
    if not is_known_host(headers.get("Host"), listening):
        return "asked for by a name that is not ours"
    if method not in _SAFE_METHODS and comes_from_elsewhere(headers):
        return "asked by a page of another site"
    return None


def is_form(headers: Mapping[str, str]) -> bool:
    """Return whether the body may be that of a form: a page of any site may send it without asking first."""
    return headers.get("Content-Type", "").partition(";")[0].strip().lower() in _FORMS


class KnownHosts:
    """An ASGI application that answers only who asks for it by a name of ours."""

    def __init__(self, application: ASGIApp, listening: str) -> None:
        self._application = application
        self._listening = listening

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse with 421.

        Args:
            scope: of ASGI; what is no HTTP passes unchecked.
            receive: of ASGI.
            send: of ASGI.
        """
        answer = self._application
        if scope["type"] == "http" and (
            why := refusal(scope["method"], Headers(scope=scope), self._listening)
        ):
            answer = PlainTextResponse(why, MISDIRECTED)
        await answer(scope, receive, send)


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
