"""The cookie of a session, which no script reads and no page of another site sends along with a change."""

from starlette.responses import Response

from domain.access import SESSION_SECONDS
from web.callers import COOKIE, cookie_name


def set_session(response: Response, session: str, origin: str) -> None:
    """Let the browser keep a session.

    Args:
        response: goes to the browser.
        session: its secret.
        origin: of the page; with https the cookie goes over TLS alone.
    """
    response.set_cookie(
        cookie_name(COOKIE, origin),
        session,
        max_age=SESSION_SECONDS,
        httponly=True,
        secure=origin.startswith("https:"),
        samesite="lax",
    )


def delete_session(response: Response, origin: str) -> None:
    """Let the browser forget the session of a page."""
    response.delete_cookie(
        cookie_name(COOKIE, origin), httponly=True, secure=origin.startswith("https:"), samesite="lax"
    )
