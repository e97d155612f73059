"""Spans of one trace fit together wherever they are made, and cost nothing while nobody wants them."""

import asyncio
import io
import logging
from collections.abc import Iterator

import pytest

from runtime.observability import traces
from runtime.observability.logs import LogStyle, set_up_logs
from runtime.observability.traces import (
    Span,
    Tracer,
    TracesConfig,
    current_trace,
    end_traces,
    is_traced,
    set_up_traces,
    stage,
)
from tests.runtime.observability.kept_spans import KeptSpans, keep_spans


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> KeptSpans:
    return keep_spans(monkeypatch)


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Return what is logged at debug."""
    before = logging.root.handlers[:], logging.root.level
    stream = io.StringIO()
    set_up_logs(LogStyle(program="bot", level="debug"), stream=stream)
    yield stream
    logging.root.handlers[:] = before[0]
    logging.root.setLevel(before[1])


def span(trace: str = "update:7", name: str = "handle", **more: object) -> Span:
    return Span(trace=trace, name=name, began=1.0, ended=2.0, **more)  # type: ignore[arg-type]


def test_two_processes_give_a_trace_and_its_spans_the_same_ids_and_no_two_spans_share_one() -> None:
    assert span().trace_id == span(name="reply").trace_id != span("update:8").trace_id
    ids = {span().span_id, span(number=1).span_id, span(name="reply").span_id, span(is_first=True).span_id}
    assert len(ids) == 4
    assert span().first_id == span(is_first=True).span_id


def test_nothing_is_recorded_and_nothing_followed_while_nobody_wants_it() -> None:
    assert not is_traced()
    with stage("handle", "update:7"):
        assert current_trace() == ""


def test_a_stage_is_timed_and_what_it_calls_follows_its_trace(kept: KeptSpans) -> None:
    with stage("handle", "update:7", number=2, update=7), stage("reply"):
        assert current_trace() == "update:7"
    assert current_trace() == ""
    reply, handle = kept.spans
    assert (reply.name, reply.trace) == ("reply", "update:7")
    assert (handle.number, handle.attributes, handle.error) == (2, {"update": 7}, "")
    assert handle.ended >= handle.began > 0


def test_a_stage_that_fails_says_why_and_the_error_goes_on(kept: KeptSpans) -> None:
    with pytest.raises(TimeoutError), stage("answer", "update:7"):
        raise TimeoutError
    assert kept.spans[0].error == "TimeoutError"


def test_what_follows_no_trace_is_no_stage(kept: KeptSpans) -> None:
    with stage("reply"):
        pass
    assert kept.spans == []


def test_a_share_takes_whole_traces_and_about_as_many_as_it_says() -> None:
    exporter = KeptSpans()
    tracer = Tracer(exporter, share=0.25)
    for number in range(400):
        for name in ("handle", "reply"):
            tracer.record(span(f"update:{number}", name))
    of_trace = [one.trace for one in exporter.spans]
    assert all(of_trace.count(trace) == 2 for trace in of_trace)
    assert 50 < len(set(of_trace)) < 150


async def test_tasks_of_a_stage_follow_it_and_others_do_not(kept: KeptSpans) -> None:
    async def seen() -> str:
        return current_trace()

    async with asyncio.TaskGroup() as group:
        with stage("handle", "update:7"):
            inside = group.create_task(seen())
        outside = group.create_task(seen())
    assert (inside.result(), outside.result()) == ("update:7", "")


def test_each_span_is_one_line_at_debug_with_the_ids_of_its_trace_and_rows(lines: io.StringIO) -> None:
    with stage("handle", "update:7", update=7, attempt=1):
        pass
    (line,) = [one for one in lines.getvalue().splitlines() if "traces" in one]
    assert f"[trace={span().trace_id:032x} update=7 attempt=1]" in line
    assert "update:7 handle: " in line


def test_without_its_packages_traces_are_missing_and_the_program_goes_on(
    monkeypatch: pytest.MonkeyPatch, lines: io.StringIO
) -> None:
    monkeypatch.setattr(traces, "OTLP", "no_such_package_of_tracing")
    set_up_traces(TracesConfig(url="http://127.0.0.1:9/v1/traces"))
    assert "TRACES_URL is set, but no_such_package_of_tracing is not installed" in lines.getvalue()


def test_without_an_address_nothing_is_loaded_and_the_end_closes_what_was(kept: KeptSpans) -> None:
    set_up_traces(TracesConfig(url=""))
    end_traces()
    assert kept.is_closed
