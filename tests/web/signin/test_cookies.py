"""The cookie of a session."""

import pytest
from starlette.responses import Response

from web.signin.cookies import delete_session, set_session


@pytest.mark.parametrize(
    ("origin", "secure"), [("https://whales.example.org", True), ("http://127.0.0.1", False)]
)
def test_no_script_reads_it_and_over_https_it_goes_by_tls_alone(origin: str, *, secure: bool) -> None:
    response = Response()
    set_session(response, "secret", origin)
    words = response.headers["Set-Cookie"].lower().split("; ")
    assert {"httponly", "samesite=lax", "path=/"} <= set(words)
    assert ("secure" in words) == secure


@pytest.mark.parametrize(
    ("origin", "name"),
    [("https://whales.example.org", "__Host-ww_session"), ("http://127.0.0.1", "ww_session")],
)
def test_over_https_no_other_host_of_the_domain_plants_or_keeps_it(origin: str, name: str) -> None:
    kept, gone = Response(), Response()
    set_session(kept, "secret", origin)
    delete_session(gone, origin)
    assert kept.headers["Set-Cookie"].startswith(f"{name}=secret;")
    words = gone.headers["Set-Cookie"]
    assert words.startswith(f'{name}="";')
    assert ("Secure" in words) == origin.startswith("https:")
    assert "Domain" not in words + kept.headers["Set-Cookie"]
