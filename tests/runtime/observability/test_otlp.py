"""Spans reach a collector by OTLP, with their ids, times, errors and what they are about."""

import asyncio

from runtime.clock import monotonic
from runtime.embedded.ports import free_port
from runtime.observability.otlp import CLOSE_SECONDS, OtlpExporter
from runtime.observability.traces import Span, TracesConfig
from tests.runtime.observability.collector import collector, is_connected


async def test_a_collector_gets_connected_spans_as_they_were_recorded() -> None:
    first = Span(trace="update:7", name="receive to store", began=100.0, ended=100.5, is_first=True)
    second = Span(
        trace="update:7",
        name="reply",
        began=100.5,
        ended=101.0,
        attributes={"update": 7},
        error="TimeoutError",
    )
    async with collector() as taking:
        exporter = OtlpExporter(TracesConfig(url=taking.url, program="bot", instance="bot-1"))
        for span in (second, first):
            exporter.add(span)
        await asyncio.to_thread(exporter.close)
        found = await taking.whole_trace("receive to store", "reply")
    assert is_connected(found)
    assert {one.program for one in found} == {"bot"}
    reply = next(one for one in found if one.name == "reply")
    assert reply.trace_id == f"{first.trace_id:032x}"
    assert (reply.seconds, reply.attributes, reply.error) == (0.5, {"update": 7}, "TimeoutError")


async def test_a_collector_that_is_away_costs_nobody_a_wait() -> None:
    exporter = OtlpExporter(TracesConfig(url=f"http://127.0.0.1:{free_port()}/v1/traces"))
    began = monotonic()
    for number in range(10_000):
        exporter.add(Span(trace=f"update:{number}", name="handle", began=1.0, ended=2.0))
    assert monotonic() - began < 5
    began = monotonic()
    await asyncio.to_thread(exporter.close)
    assert monotonic() - began < CLOSE_SECONDS + 5
