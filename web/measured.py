"""Measures requests, and adds security headers to every response."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from runtime.clock import monotonic
from runtime.observability import metrics

SECURITY = (
    (
        b"content-security-policy",
        (
            b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
            b" connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self';"
            b" frame-ancestors 'none'"
        ),
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
_STREAM = b"text/event-stream"


class Measured:
    """An ASGI application around another one."""

    def __init__(self, application: ASGIApp) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and count the request with its time; a stream is counted without one, since it lasts.

        Args:
            scope: of ASGI; what is not http passes untouched.
            receive: gives the body.
            send: takes the answer, to which missing headers of SECURITY are added.
        """
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        began = monotonic()

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                metrics.web_requests.labels(f"{message['status'] // 100}xx").inc()
                if not any(value.startswith(_STREAM) for name, value in headers if name == b"content-type"):
                    metrics.web_request_seconds.observe(monotonic() - began)
                message = {**message, "headers": [*headers, *_missing(headers)]}
            await send(message)

        await self._application(scope, receive, sent)


def _missing(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return what protects a page; no answer is kept by anybody unless it says so itself."""
    known = {name for name, _ in headers}
    kept = [] if b"cache-control" in known else [(b"cache-control", b"no-store")]
    return [*SECURITY, *kept]
