"""A send is counted, what fails is one line, and each alert of it can be followed."""

import logging

import pytest

from domain.delivery.results import SendResult, SendStatus
from messaging.sending.figures import note_send
from runtime.clock import monotonic
from runtime.observability.metrics import REGISTRY
from tests.domain.delivery.deliveries import delivery
from tests.runtime.observability.kept_spans import keep_spans

ACCEPTED = SendResult(status=SendStatus.ACCEPTED, message_id=1)
REFUSED = SendResult(status=SendStatus.REFUSED, reason="busy")


def test_an_alert_that_arrived_waited_for_its_turn_and_was_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = keep_spans(monkeypatch)
    note_send([delivery(delivery_id=7)], ACCEPTED, admitted_at=monotonic() - 0.2)
    waited, sent = kept.spans
    assert (waited.name, sent.name) == ("wait for turn", "send")
    assert waited.ended == sent.began
    assert sent.ended - sent.began == pytest.approx(0.2, abs=0.1)
    assert (sent.attributes["delivery"], sent.error) == (7, "")


def test_what_fails_is_logged_in_one_line_and_stands_in_its_span(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    kept = keep_spans(monkeypatch)
    with caplog.at_level(logging.WARNING):
        note_send([delivery(delivery_id=7)], REFUSED, admitted_at=monotonic())
    assert [record.getMessage() for record in caplog.records] == ["Delivery 7: refused (busy)"]
    assert [span.error for span in kept.spans] == ["", "refused"]


def test_each_of_a_group_is_counted() -> None:
    labels = {"kind": "alert", "status": "accepted"}
    name = "whale_watcher_deliveries_total"
    before = REGISTRY.get_sample_value(name, labels) or 0
    note_send([delivery(delivery_id=number) for number in (1, 2, 3)], ACCEPTED, admitted_at=monotonic())
    assert (REGISTRY.get_sample_value(name, labels) or 0) - before == 3
