"""Spans to a collector by OpenTelemetry's own exporter: OTLP over HTTP, in batches, from a thread of its own.

It needs the packages of requirements/tracing.lock; `traces.py` loads it where TRACES_URL is set.
"""

from __future__ import annotations

import atexit
import threading

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, TraceFlags
from opentelemetry.trace.status import Status, StatusCode

from runtime.observability.traces import Span, TracesConfig

SERVICE = "whale-watcher"
CLOSE_SECONDS = 2.0
"""In which the end of a program waits for the collector."""
_SECONDS = 5
_QUEUE, _BATCH, _PAUSE_MS = 8_192, 512, 1_000
"""Spans that wait (more are dropped), spans in one request, and how long they gather."""
_NANO = 1_000_000_000


class OtlpExporter:
    """Sends spans to the collector; while it does not answer, spans are dropped and nothing waits.

    Args:
        config: where it is, and which process this is.
    """

    def __init__(self, config: TracesConfig) -> None:
        self._resource = Resource(
            {
                "service.namespace": SERVICE,
                "service.name": config.program,
                "service.instance.id": config.instance,
            }
        )
        self._scope = InstrumentationScope(SERVICE)
        self._exporter = OTLPSpanExporter(endpoint=config.url, timeout=_SECONDS)
        self._processor = BatchSpanProcessor(
            self._exporter,
            max_queue_size=_QUEUE,
            max_export_batch_size=_BATCH,
            schedule_delay_millis=_PAUSE_MS,
            export_timeout_millis=_SECONDS * 1_000,
        )
        atexit.register(self.close)

    def add(self, span: Span) -> None:
        """Take one; it is sent within a second or so."""
        self._processor.on_end(self._readable(span))

    def close(self) -> None:
        """Send what is left, and give up what a collector does not take within seconds; once."""
        atexit.unregister(self.close)
        end = threading.Timer(CLOSE_SECONDS, self._exporter.shutdown)
        end.daemon = True
        end.start()
        self._processor.shutdown()  # type: ignore[no-untyped-call]  # not ours
        end.cancel()

    def _readable(self, span: Span) -> ReadableSpan:
        return ReadableSpan(
            name=span.name,
            context=_context(span.trace_id, span.span_id),
            parent=None if span.is_first else _context(span.trace_id, span.first_id),
            resource=self._resource,
            attributes=dict(span.attributes),
            status=Status(StatusCode.ERROR, span.error) if span.error else Status(StatusCode.OK),
            start_time=int(span.began * _NANO),
            end_time=int(max(span.began, span.ended) * _NANO),
            instrumentation_scope=self._scope,
        )


def _context(trace_id: int, span_id: int) -> SpanContext:
    return SpanContext(trace_id, span_id, is_remote=True, trace_flags=TraceFlags(TraceFlags.SAMPLED))
