"""Limits by tier and by queue, as operators write them: read by the domain, kept as they are written."""

from collections.abc import Callable

from domain.jobs import parse_concurrency
from domain.rules.lanes import parse_watch_limits
from domain.rules.tiers import (
    parse_campaign_limits,
    parse_history_limits,
    parse_key_limits,
    parse_webhook_limits,
)

Read = Callable[[str], str]


def unchanged(parse: Callable[[str], object]) -> Read:
    """Reads a text that is kept as it is written, if `parse` can read it."""

    def read(text: str) -> str:
        parse(text)
        return text

    return read


watch_limits = unchanged(parse_watch_limits)
history_limits = unchanged(parse_history_limits)
key_limits = unchanged(parse_key_limits)
campaign_limits = unchanged(parse_campaign_limits)
webhook_limits = unchanged(parse_webhook_limits)
queue_concurrency = unchanged(parse_concurrency)
