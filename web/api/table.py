"""All endpoints, and the routes that they make."""

import functools
from collections import defaultdict
from collections.abc import Sequence
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from web.api import (
    account,
    alerts,
    campaigns,
    market,
    operations,
    positions,
    token_trades,
    wallet_lists,
    watches,
    webhooks,
    whale_searches,
)
from web.api.endpoint import Api, Endpoint
from web.api.openapi import document
from web.api.reference import reference
from web.problems import problem

PREFIX = "/api/v1"
ENDPOINTS: Sequence[Endpoint] = (
    *account.ENDPOINTS,
    *watches.ENDPOINTS,
    *wallet_lists.ENDPOINTS,
    *alerts.ENDPOINTS,
    *positions.ENDPOINTS,
    *market.ENDPOINTS,
    *token_trades.ENDPOINTS,
    *campaigns.ENDPOINTS,
    *whale_searches.ENDPOINTS,
    *webhooks.ENDPOINTS,
    *operations.ENDPOINTS,
)


def routes(api: Api) -> list[Route]:
    """A route for each path, and one for the document that describes them."""
    by_path: dict[str, dict[str, Endpoint]] = defaultdict(dict)
    for endpoint in ENDPOINTS:
        by_path[endpoint.path][endpoint.method] = endpoint
    described = document(ENDPOINTS, PREFIX)
    return [
        Route(f"{PREFIX}/openapi.json", functools.partial(_document, described), methods=["GET"]),
        Route("/api", functools.partial(_page, reference(described)), methods=["GET"]),
        *(
            Route(PREFIX + path, functools.partial(_answer, api, endpoints), methods=[*_METHODS])
            for path, endpoints in sorted(by_path.items(), key=_plain_first)
        ),
    ]


_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def _plain_first(item: tuple[str, object]) -> tuple[bool, str]:
    return "{" in item[0], item[0]


async def _answer(api: Api, endpoints: dict[str, Endpoint], request: Request) -> Response:
    endpoint = endpoints.get("GET" if request.method == "HEAD" else request.method)
    if endpoint is None:
        allowed = {"Allow": ", ".join(sorted(endpoints))}
        return problem(HTTPStatus.METHOD_NOT_ALLOWED, "This path has other methods.", allowed)
    return await api.answer(endpoint, request)


async def _page(content: bytes, _: Request) -> Response:
    return Response(content, media_type="text/html; charset=utf-8")


async def _document(described: bytes, _: Request) -> Response:
    return Response(described, media_type="application/json")
