"""Limits by tier are read by the domain and kept as they are written."""

import pytest

from runtime.settings import limits


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (limits.watch_limits, "free=5,pro=50"),
        (limits.history_limits, "free=30"),
        (limits.key_limits, "free=0,plus=3"),
        (limits.campaign_limits, "free=2"),
        (limits.webhook_limits, "free=1, plus=3"),
        (limits.queue_concurrency, "security-scan=2"),
    ],
)
def test_what_can_be_read_is_kept(read: limits.Read, text: str) -> None:
    assert read(text) == text


@pytest.mark.parametrize("text", ["", "plus=3", "free=-1", "free=101", "free=x", "three"])
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be"):
        limits.webhook_limits(text)
