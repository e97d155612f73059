"""Endpoints of operators: whale searches, programs, queues, alerts, switches."""

import secrets
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any

import msgspec

from domain.access import Scope
from domain.errors import BadInput, NotFound
from domain.people import Act, AuditOutcome
from domain.whale_search import Whale, WhaleSearch
from web.api.endpoint import Call, Endpoint, Page, PageParameters, cursor_number

MAX_SEARCH_HOURS = 24
_LAMPORTS = 1_000_000_000


class SearchView(msgspec.Struct, frozen=True, kw_only=True):
    """A whale search. Lamports are texts."""

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
    """An address that a search found. Lamports are texts."""

    address: str
    times_seen: int
    volume_lamports: str
    largest_lamports: str
    kinds: tuple[str, ...]
    venues: tuple[str, ...]


class NewSearch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A search to be started."""

    min_sol: Annotated[int, msgspec.Meta(ge=1, le=10_000_000)] = 1_000
    hours: Annotated[int, msgspec.Meta(ge=1, le=MAX_SEARCH_HOURS)] = 1


class ComponentView(msgspec.Struct, frozen=True, kw_only=True):
    """One part of the system."""

    name: str
    state: str
    sentence: str


class ProgramView(msgspec.Struct, frozen=True, kw_only=True):
    """One process."""

    instance_id: str
    program: str
    state: str
    silent_seconds: float


class QueueView(msgspec.Struct, frozen=True, kw_only=True):
    """One queue of jobs; what is not counted is missing."""

    figures: dict[str, Any]


class OperatorAlertView(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong now."""

    name: str
    level: str
    sentence: str
    since: datetime
    acknowledged_by: str | None


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """The system at a glance."""

    components: list[ComponentView]
    programs: list[ProgramView]
    alerts: list[OperatorAlertView]
    switches: Mapping[str, datetime]
    """Commands that are switched off, and until when."""


class FlagChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For how long a command is switched off."""

    seconds: Annotated[int, msgspec.Meta(ge=0, le=7 * 86_400, description="0: it is switched on.")]


class FlagName(msgspec.Struct, frozen=True, kw_only=True):
    """Which command."""

    command: Annotated[str, msgspec.Meta(pattern="^[a-z]{1,32}$")]


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
    await _note(call, "whale search start")
    return _search_view(search)


async def _stop(call: Call) -> SearchView:
    stopped = await call.services.whale_searches.stop()
    if stopped is None:
        raise NotFound("No whale search runs.")
    await _note(call, "whale search stop")
    return _search_view(stopped)


async def _whales(call: Call) -> Page[WhaleView]:
    after, limit = cursor_number(call.parameters.cursor, first=0), call.parameters.limit
    found = await call.services.whale_searches.whales(limit=limit + 1, after=after)
    return Page(
        data=[_whale_view(one) for one in found[:limit]],
        next_cursor=str(after + limit) if len(found) > limit else None,
    )


async def _overview(call: Call) -> Overview:
    services = call.services
    components = await services.system_status.components()
    return Overview(
        components=[
            ComponentView(name=name, state=result.state.value, sentence=result.sentence)
            for name, result in components
        ],
        programs=[
            ProgramView(
                instance_id=one.instance_id,
                program=one.program,
                state=one.health.value,
                silent_seconds=one.silent_seconds,
            )
            for one in await services.system_status.instances()
        ],
        alerts=[
            OperatorAlertView(
                name=one.name,
                level=one.level.name.lower(),
                sentence=one.sentence,
                since=one.since,
                acknowledged_by=None if one.acknowledged_by is None else str(one.acknowledged_by),
            )
            for one in await services.operator_alerts.lasting()
        ],
        switches=await services.switches.read(),
    )


async def _queues(call: Call) -> Page[QueueView]:
    states = await call.services.failures.queues()
    return Page(data=[QueueView(figures=msgspec.to_builtins(asdict(one))) for one in states])


async def _retry(call: Call) -> Page[QueueView]:
    found = await call.services.failures.find()
    requeued = await call.services.failures.retry(found)
    await _note(call, "retry failed")
    return Page(data=[QueueView(figures=msgspec.to_builtins(asdict(requeued)))])


async def _switch(call: Call) -> Overview:
    command, seconds = call.parameters.command, call.body.seconds
    if command in {"flags", "start", "help"}:
        raise BadInput("This command is never switched off.")
    if seconds:
        await call.services.switches.switch_off(command, seconds=seconds, operator=call.caller.user_id)
    else:
        await call.services.switches.switch_on(command)
    await _note(call, f"flags {command}")
    return await _overview(call)


async def _note(call: Call, act: str) -> None:
    await call.services.audit.note(
        Act(
            actor_id=call.caller.user_id,
            chat_id=call.caller.target.chat_id,
            act=f"web: {act}"[:60],
            outcome=AuditOutcome.DONE,
        )
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
    Endpoint(
        method="GET",
        path="/admin/overview",
        summary="Health, programs, alerts and switches",
        scope=Scope.ADMIN,
        answer=Overview,
        run=_overview,
    ),
    Endpoint(
        method="GET",
        path="/admin/queues",
        summary="Queues of jobs and what failed in them",
        scope=Scope.ADMIN,
        answer=Page[QueueView],
        run=_queues,
    ),
    Endpoint(
        method="POST",
        path="/admin/queues/retry",
        summary="Try again what failed",
        scope=Scope.ADMIN,
        answer=Page[QueueView],
        run=_retry,
    ),
    Endpoint(
        method="PUT",
        path="/admin/flags/{command}",
        summary="Switch a command of the bot off for a time, or on",
        scope=Scope.ADMIN,
        parameters=FlagName,
        body=FlagChange,
        answer=Overview,
        run=_switch,
    ),
)
