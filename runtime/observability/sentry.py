"""Errors to Sentry, where SENTRY_DSN is set: what is logged as an error, with its stack.

Every text of an event is masked like the log. Local variables, requests, names of hosts and breadcrumbs stay.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import sentry_sdk
from sentry_sdk.integrations.logging import LoggingIntegration

_SECONDS = 2


def report_errors(dsn: str, *, program: str, redact: Callable[[str], str]) -> None:
    """Send errors from now on; nothing where no address is set.

    Args:
        dsn: the address, with a key; empty: none.
        program: which program this is.
        redact: masks secrets.
    """
    if not dsn:
        return

    def masked(event: Any, _: Any) -> Any:
        return mask(event, redact)

    sentry_sdk.init(
        dsn,
        default_integrations=False,
        integrations=[LoggingIntegration(level=None, event_level=logging.ERROR)],
        before_send=masked,
        include_local_variables=False,
        include_source_context=False,
        max_breadcrumbs=0,
        server_name=program,
        traces_sample_rate=None,
        send_client_reports=False,
        auto_session_tracking=False,
        shutdown_timeout=_SECONDS,
    )
    sentry_sdk.set_tag("program", program)


def mask(value: Any, redact: Callable[[str], str]) -> Any:
    """The same value with every text in it masked."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {key: mask(one, redact) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [mask(one, redact) for one in value]
    return value
