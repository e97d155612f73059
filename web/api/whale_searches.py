"""Endpoints of whale searches: operators start and stop them, everybody reads what they found."""

import secrets
from datetime import datetime
from http import HTTPStatus
from typing import Annotated

import msgspec

from domain.access import Scope
from domain.errors import NotFound
from domain.whale_search import Whale, WhaleSearch
from web.api.audit import note
from web.api.endpoint import Call, Endpoint, Page, PageParameters, cursor_number

MAX_SEARCH_HOURS = 24
_LAMPORTS = 1_000_000_000


class SearchView(msgspec.Struct, frozen=True, kw_only=True):
    """A whale search. Lamports are texts.

    `{"search_id": "3", "status": "running", "min_lamports": "1000000000000", "first_slot": 341220000,
    "last_slot": 341220118, "slots_scanned": 118, "swaps": 40, "transfers": 12, "volume_lamports":
    "90000000000000", "addresses_found": 9, "requests": 118, "errors": 0, "last_error": null, "started_at":
    "2026-11-29T17:00:00Z", "seconds_left": 1800.0}`.
    """

    search_id: str
    status: str
    min_lamports: str
    first_slot: int | None
    last_slot: int | None
    slots_scanned: int
    swaps: int
    transfers: int
    volume_lamports: str
    addresses_found: int
    requests: int
    errors: int
    last_error: str | None
    started_at: datetime
    seconds_left: float


class WhaleView(msgspec.Struct, frozen=True, kw_only=True):
    """An address that a search found. Lamports are texts.

    `{"address": "86xC…", "times_seen": 4, "volume_lamports": "9000000000000", "largest_lamports":
    "4000000000000", "kinds": ["swap"], "venues": ["Jupiter v6"]}`.
    """

    address: str
    times_seen: int
    volume_lamports: str
    largest_lamports: str
    kinds: tuple[str, ...]
    venues: tuple[str, ...]


class SearchTime(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long a search continues.

    `{"hours": 2}`.
    """

    hours: Annotated[int, msgspec.Meta(ge=1, le=MAX_SEARCH_HOURS)] = 1


class NewSearch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A search to be started.

    `{"min_sol": 1000, "hours": 2}`.
    """

    min_sol: Annotated[int, msgspec.Meta(ge=1, le=10_000_000)] = 1_000
    hours: Annotated[int, msgspec.Meta(ge=1, le=MAX_SEARCH_HOURS)] = 1


async def _searches(call: Call) -> Page[SearchView]:
    latest = await call.services.whale_searches.latest()
    return Page(data=[] if latest is None else [_search_view(latest)])


async def _start(call: Call) -> SearchView:
    search = await call.services.whale_searches.start(
        update_id=-secrets.randbelow(2**62) - 1,  # Telegram's are above zero
        by=call.caller.user_id,
        chat_id=call.caller.user_id,
        min_lamports=call.body.min_sol * _LAMPORTS,
        seconds=call.body.hours * 3_600.0,
    )
    await note(call, "whale search start")
    return _search_view(search)


async def _restart(call: Call) -> SearchView:
    search = await call.services.whale_searches.restart(seconds=call.body.hours * 3_600.0)
    if search is None:
        raise NotFound("There is no search that could go on: none was made, or one runs.")
    await note(call, "whale search restart")
    return _search_view(search)


async def _stop(call: Call) -> SearchView:
    stopped = await call.services.whale_searches.stop()
    if stopped is None:
        raise NotFound("No whale search runs.")
    await note(call, "whale search stop")
    return _search_view(stopped)


async def _whales(call: Call) -> Page[WhaleView]:
    after, limit = cursor_number(call.parameters.cursor, first=0), call.parameters.limit
    found = await call.services.whale_searches.whales(limit=limit + 1, after=after)
    return Page(
        data=[_whale_view(one) for one in found[:limit]],
        next_cursor=str(after + limit) if len(found) > limit else None,
    )


def _search_view(search: WhaleSearch) -> SearchView:
    return SearchView(
        search_id=str(search.search_id),
        status=search.status.value,
        min_lamports=str(search.min_lamports),
        first_slot=search.first_slot,
        last_slot=search.last_slot,
        slots_scanned=search.slots_scanned,
        swaps=search.swaps,
        transfers=search.transfers,
        volume_lamports=str(search.volume),
        addresses_found=search.addresses_found,
        requests=search.requests,
        errors=search.errors,
        last_error=search.last_error,
        started_at=search.started_at,
        seconds_left=search.seconds_left,
    )


def _whale_view(whale: Whale) -> WhaleView:
    return WhaleView(
        address=whale.address,
        times_seen=whale.times_seen,
        volume_lamports=str(whale.volume),
        largest_lamports=str(whale.largest),
        kinds=whale.kinds,
        venues=whale.venues,
    )


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/whale-searches",
        summary="The running whale search, else the last one",
        scope=Scope.ADMIN,
        answer=Page[SearchView],
        run=_searches,
    ),
    Endpoint(
        method="POST",
        path="/whale-searches",
        summary="Start a whale search; one that runs is answered as it is",
        scope=Scope.ADMIN,
        body=NewSearch,
        answer=SearchView,
        status=HTTPStatus.CREATED,
        run=_start,
    ),
    Endpoint(
        method="POST",
        path="/whale-searches/restart",
        summary="Let the last whale search go on at its last slot",
        scope=Scope.ADMIN,
        body=SearchTime,
        answer=SearchView,
        run=_restart,
    ),
    Endpoint(
        method="POST",
        path="/whale-searches/stop",
        summary="Stop the running whale search",
        scope=Scope.ADMIN,
        answer=SearchView,
        run=_stop,
    ),
    Endpoint(
        method="GET",
        path="/whale-searches/whales",
        summary="Addresses that searches found, those that moved most first",
        scope=Scope.READ,
        parameters=PageParameters,
        answer=Page[WhaleView],
        run=_whales,
    ),
)
