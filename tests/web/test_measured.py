"""Every answer is counted, and protects the page that shows it."""

import pytest

from runtime.observability.metrics import exposition
from tests.web.conftest import Web

pytestmark = pytest.mark.services


async def test_every_answer_carries_what_protects_a_page(web: Web) -> None:
    for path in ("/", "/static/main.js", "/api/v1/rules", "/nothing"):
        headers = (await web.ask("GET", path)).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["Cache-Control"] in {"no-store", "no-cache"}


async def test_answers_are_counted_by_the_hundred_of_their_status(web: Web) -> None:
    await web.ask("GET", "/api/v1/rules")
    assert b'web_requests_total{status="4xx"}' in exposition()
