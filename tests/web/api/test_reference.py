"""The reading page tells each endpoint and each type, and runs nothing."""

import re

import pytest

from tests.web.conftest import Web
from web.api.openapi import document
from web.api.reference import reference
from web.api.table import ENDPOINTS, PREFIX


def test_each_endpoint_and_each_type_it_links_to_stands_on_it() -> None:
    page = reference(document(ENDPOINTS, PREFIX)).decode()
    for endpoint in ENDPOINTS:
        assert f"<code>{endpoint.method} {PREFIX}{endpoint.path}</code></h2>" in page
    links = set(re.findall(r'href="#([^"]+)"', page))
    assert links <= set(re.findall(r'id="([^"]+)"', page))
    assert "<script" not in page


@pytest.mark.services
async def test_it_is_served_without_signing_in(web: Web) -> None:
    answer = await web.ask("GET", "/api")
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/html")
