"""How a source is, in a few words."""

import pytest

from chain.stream.source import Source, SourceState, SourceStatus
from chain.stream.websocket_source import WebSocketConfig, WebSocketSource
from runtime.settings.secret import Secret


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (SourceStatus(state=SourceState.CLOSED), "closed"),
        (SourceStatus(state=SourceState.CONNECTING, reason="cut"), "connecting"),
        (SourceStatus(state=SourceState.LIVE, method="logs"), "live (logs)"),
        (
            SourceStatus(state=SourceState.LIVE, method="logs", left_out=1_200),
            "live (logs), 1,200 addresses too many",
        ),
        (SourceStatus(state=SourceState.DISCONNECTED, reason="silent for 10 s"), "lost: silent for 10 s"),
    ],
)
def test_a_status_says_what_operators_need(status: SourceStatus, text: str) -> None:
    assert str(status) == text
    assert status.is_live == text.startswith("live")


def test_the_websocket_source_follows_the_protocol_and_is_closed_at_first() -> None:
    source: Source = WebSocketSource(WebSocketConfig(url=Secret("wss://node.example/?api-key=KEY")))
    assert source.name == "node.example"
    assert source.status == SourceStatus(state=SourceState.CLOSED)
