"""The cookie of a session."""

import pytest
from starlette.responses import Response

from web.signin.cookies import set_session


@pytest.mark.parametrize(
    ("origin", "secure"), [("https://whales.example.org", True), ("http://127.0.0.1", False)]
)
def test_no_script_reads_it_and_over_https_it_goes_by_tls_alone(origin: str, *, secure: bool) -> None:
    response = Response()
    set_session(response, "secret", origin)
    words = response.headers["Set-Cookie"].lower().split("; ")
    assert {"httponly", "samesite=lax", "path=/"} <= set(words)
    assert ("secure" in words) == secure
