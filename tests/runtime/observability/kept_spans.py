"""Keeps the spans that a test makes."""

from __future__ import annotations

import pytest

from runtime.observability import traces
from runtime.observability.traces import Span, Tracer


class KeptSpans:
    """An exporter that sends nothing."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.is_closed = False

    def add(self, span: Span) -> None:
        self.spans.append(span)

    def close(self) -> None:
        self.is_closed = True


def keep_spans(monkeypatch: pytest.MonkeyPatch) -> KeptSpans:
    """Let spans be kept until the end of the test."""
    kept = KeptSpans()
    monkeypatch.setattr(traces, "_tracer", [Tracer(kept)])
    return kept
