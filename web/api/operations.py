"""Endpoints of operators: programs, queues, alerts, switches."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

import msgspec

from domain.access import Scope
from domain.errors import BadInput, NotFound
from web.api.audit import note
from web.api.endpoint import Call, Endpoint, Page


class ComponentView(msgspec.Struct, frozen=True, kw_only=True):
    """One part of the system.

    `{"name": "PostgreSQL", "state": "healthy", "sentence": "answers", "figure": 0.8, "unit": "ms",
    "latency_seconds": 0.0008}`.
    """

    name: str
    state: str
    sentence: str
    figure: float | None
    """What was measured, where it is one number."""
    unit: str
    latency_seconds: float | None
    """How long the look took; null: it was read from heartbeats."""


class ProgramView(msgspec.Struct, frozen=True, kw_only=True):
    """One process.

    `{"instance_id": "bot-1", "program": "bot", "state": "healthy", "silent_seconds": 2.5}`.
    """

    instance_id: str
    program: str
    state: str
    silent_seconds: float


class QueueView(msgspec.Struct, frozen=True, kw_only=True):
    """One queue of jobs; what is not counted is missing.

    `{"figures": {"queue": "notifications", "waiting": 0, "failed": 0}}`.
    """

    figures: dict[str, Any]


class OperatorAlertView(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong now.

    `{"name": "feed", "level": "critical", "sentence": "The chain is not read.", "since":
    "2026-11-29T17:00:00Z", "announced_at": "2026-11-29T17:01:00Z", "acknowledged_by": null, "silenced_until":
    null}`.
    """

    name: str
    level: str
    sentence: str
    since: datetime
    announced_at: datetime | None
    """When operators were last told; null: not yet."""
    acknowledged_by: str | None
    silenced_until: datetime | None


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """The system at a glance.

    `{"components": [], "programs": [], "alerts": [], "switches": {"scan": "2026-11-29T19:00:00Z"}}`.
    """

    components: list[ComponentView]
    programs: list[ProgramView]
    alerts: list[OperatorAlertView]
    switches: Mapping[str, datetime]
    """Commands that are switched off, and until when."""


class FlagChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For how long a command is switched off.

    `{"seconds": 7200}`.
    """

    seconds: Annotated[int, msgspec.Meta(ge=0, le=7 * 86_400, description="0: it is switched on.")]


class AlertChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which alerts somebody takes care of.

    `{"announced_at": "2026-11-29T17:01:00Z", "silence_seconds": 3600}`.
    """

    announced_at: Annotated[
        datetime, msgspec.Meta(tz=True, description="Of the alerts, as the overview has it.")
    ]
    silence_seconds: Annotated[
        int, msgspec.Meta(ge=0, le=7 * 86_400, description="For so long nobody is told again; 0: as usual.")
    ] = 0


class FlagName(msgspec.Struct, frozen=True, kw_only=True):
    """Which command."""

    command: Annotated[str, msgspec.Meta(pattern="^[a-z]{1,32}$")]


async def _overview(call: Call) -> Overview:
    services = call.services
    components = await services.system_status.components()
    return Overview(
        components=[
            ComponentView(
                name=name,
                state=result.state.value,
                sentence=result.sentence,
                figure=result.figure,
                unit=result.unit,
                latency_seconds=result.seconds,
            )
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
                announced_at=one.announced_at,
                silenced_until=one.silenced_until,
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
    await note(call, "retry failed")
    return Page(data=[QueueView(figures=msgspec.to_builtins(asdict(requeued)))])


async def _acknowledge(call: Call) -> Overview:
    announced_at, seconds = call.body.announced_at, call.body.silence_seconds
    number = await call.services.operator_alerts.acknowledge(announced_at, call.caller.user_id)
    if not number:
        raise NotFound("No alert of that moment lasts.")
    if seconds:
        await call.services.operator_alerts.silence(announced_at, float(seconds))
    await note(call, f"alerts acknowledge {announced_at:%Y-%m-%d %H:%M}")
    return await _overview(call)


async def _switch(call: Call) -> Overview:
    command, seconds = call.parameters.command, call.body.seconds
    if command in {"flags", "start", "help"}:
        raise BadInput("This command is never switched off.")
    if seconds:
        await call.services.switches.switch_off(command, seconds=seconds, operator=call.caller.user_id)
    else:
        await call.services.switches.switch_on(command)
    await note(call, f"flags {command}")
    return await _overview(call)


ENDPOINTS = (
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
        method="POST",
        path="/admin/alerts/acknowledge",
        summary="Take care of the alerts of a moment, and tell nobody of them for a time",
        scope=Scope.ADMIN,
        body=AlertChange,
        answer=Overview,
        run=_acknowledge,
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
