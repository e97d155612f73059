"""The document that describes the API says what the API does."""

from typing import Any

import pytest

from tests.web.conftest import Web
from web.api.table import ENDPOINTS, PREFIX

pytestmark = pytest.mark.services


async def test_every_endpoint_is_described_with_its_types(web: Web) -> None:
    document = (await web.ask("GET", "/api/v1/openapi.json")).body
    assert document["openapi"] == "3.1.0"
    described = {(method.upper(), path) for path, known in document["paths"].items() for method in known}
    assert described == {(one.method, PREFIX + one.path) for one in ENDPOINTS}
    names = [one["operationId"] for known in document["paths"].values() for one in known.values()]
    assert len(set(names)) == len(names)


async def test_every_reference_in_it_leads_somewhere(web: Web) -> None:
    document = (await web.ask("GET", "/api/v1/openapi.json")).body
    for reference in references(document):
        found: Any = document
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]
        assert found


def references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [one for inner in value.values() for one in references(inner)]
    if isinstance(value, list):
        return [one for inner in value for one in references(inner)]
    return []
