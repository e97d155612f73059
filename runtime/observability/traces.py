"""Traces from a chain event to its messages, and from an update to its reply: spans for OTLP.

Nothing has to be carried from one process to the next: the ids of a trace and of its spans follow from what
stands in the rows anyway (the transaction of an event, the number of an update). So a trace holds together
across queues, crashes and repeats, and costs nothing while nobody asks for it. Each span is one line at the
level debug, too, with the ids of its trace and of its rows.
"""

from __future__ import annotations

import hashlib
import importlib
import logging
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Protocol

from runtime.clock import unix
from runtime.observability.logs import logged_as

log = logging.getLogger(__name__)

OTLP = "runtime.observability.otlp"
"""Needs the packages of requirements/tracing.lock, so it is loaded only where traces are exported."""
FIRST = ""
"""In the id of the span that the others of a trace hang on, instead of a name: any process knows it."""
SHARES = 2**64


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One stage of a trace, when it is over."""

    trace: str
    """What the trace follows, as `update:4711`: the same in every process."""
    name: str
    """Of the stage, as `decide`."""
    began: float
    """Unix seconds."""
    ended: float
    number: int = 0
    """Tells spans of the same name in a trace apart: the row that it is about."""
    is_first: bool = False
    """Whether the others of its trace hang on it."""
    attributes: Mapping[str, str | int | float | bool] = field(default_factory=dict)
    """What it was about; never who asked."""
    error: str = ""
    """Why it failed; empty: it did not."""

    @property
    def trace_id(self) -> int:
        """Of 128 bits."""
        return _hash(self.trace, 16)

    @property
    def span_id(self) -> int:
        """Of 64 bits."""
        return self.first_id if self.is_first else _hash(f"{self.trace}|{self.name}|{self.number}", 8)

    @property
    def first_id(self) -> int:
        """The span that this one hangs on, itself if it is the first."""
        return _hash(f"{self.trace}|{FIRST}", 8)


class Exporter(Protocol):
    """Takes spans, and sends them in the background."""

    def add(self, span: Span) -> None:
        """Take one; it must not wait."""

    def close(self) -> None:
        """Send what is left, within seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TracesConfig:
    """Where traces go, and how many of them."""

    url: str
    """Takes OTLP over HTTP, as http://127.0.0.1:4318/v1/traces; empty: nowhere."""
    share: float = 1.0
    """Of all traces; whole ones, the same in every process."""
    program: str = ""
    instance: str = ""


class Tracer:
    """What a process knows of the traces that it takes part in.

    Args:
        exporter: takes the spans; None: nobody does.
        share: of all traces.
    """

    def __init__(self, exporter: Exporter | None = None, share: float = 1.0) -> None:
        self._exporter = exporter
        self._limit = share * SHARES

    @property
    def is_on(self) -> bool:
        """Whether anybody wants spans; else there is no need to make one."""
        return self._exporter is not None or log.isEnabledFor(logging.DEBUG)

    def record(self, span: Span) -> None:
        """Hand on a span that is over."""
        if log.isEnabledFor(logging.DEBUG):
            with logged_as(trace=f"{span.trace_id:032x}", **_ids(span)):
                took = (span.ended - span.began) * 1_000
                log.debug("%s %s: %.0f ms%s", span.trace, span.name, took, span.error and f" ({span.error})")
        if self._exporter is not None and span.trace_id >> 64 < self._limit:
            self._exporter.add(span)

    def close(self) -> None:
        """Send what is left."""
        if self._exporter is not None:
            self._exporter.close()


def _ids(span: Span) -> dict[str, int | str]:
    """The rows that a span names, for its line."""
    return {name: value for name, value in span.attributes.items() if isinstance(value, int)}


def _hash(text: str, size: int) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=size).digest()) or 1


_tracer: list[Tracer] = [Tracer()]
_NOTHING = nullcontext()
_current: ContextVar[str] = ContextVar("trace", default="")


def set_up_traces(config: TracesConfig) -> None:
    """Export spans from now on, as the settings ask; without the packages for it, only say so."""
    if not config.url:
        return
    try:
        module = importlib.import_module(OTLP)
    except ModuleNotFoundError as error:
        log.error("TRACES_URL is set, but %s is not installed: see docs/operating.md", error.name)  # noqa: TRY400 - its text says what to do
        return
    _tracer[0] = Tracer(module.OtlpExporter(config), config.share)


def end_traces() -> None:
    """Send what is left, and export nothing more."""
    _tracer[0].close()
    _tracer[0] = Tracer()


def is_traced() -> bool:
    """Return whether anybody wants spans; else there is no need to make one."""
    return _tracer[0].is_on


def record(span: Span) -> None:
    """Hand on a span that is over."""
    _tracer[0].record(span)


def current_trace() -> str:
    """Return what the running task works on, as `update:4711`; empty: nothing that is traced."""
    return _current.get()


def stage(
    name: str, trace: str = "", *, number: int = 0, **attributes: int | str
) -> AbstractContextManager[None]:
    """Record what the block does as a stage of a trace; what it raises is its error, and propagates.

    Args:
        name: of the stage.
        trace: what is followed, by everything that the block calls, too; empty: what is followed already.
        number: tells stages of this name in the trace apart.
        attributes: what it is about.
    """
    if not is_traced():
        return _NOTHING
    trace = trace or current_trace()
    return _recorded(name, trace, number, attributes) if trace else _NOTHING


@contextmanager
def _recorded(name: str, trace: str, number: int, attributes: Mapping[str, int | str]) -> Iterator[None]:
    began, error = unix(), ""
    token = _current.set(trace)
    try:
        yield
    except BaseException as fault:
        error = type(fault).__name__
        raise
    finally:
        _current.reset(token)
        record(
            Span(
                trace=trace,
                name=name,
                began=began,
                ended=unix(),
                number=number,
                attributes=attributes,
                error=error,
            )
        )
