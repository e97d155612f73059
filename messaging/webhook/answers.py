"""Maps a receiver's answer to a send result. Pure but for the clock of Retry-After."""

from datetime import UTC
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import aiohttp

from domain.delivery.results import NOT_TRIED, SendResult, SendStatus
from domain.webhooks import GONE, WebhookForm
from messaging.http_connection import NotConnected
from messaging.webhook.connections import AddressRefused, PortRefused, PushAnswer
from messaging.webhook.look_ups import NameUnknown, NotTried
from runtime.clock import now

SILENCE = 30.0
"""Seconds of silence where a receiver that is at its limit does not say how long."""
MAX_SILENCE = 3_600.0
_MAX_DATE = 64
"""Letters of a date; no longer text is one."""
_PORT = "not reached: pushes go to the ports 443 and 8443 alone"
_NO_ADDRESS = "not reached: nobody knows its name, or it is not public"
_NO_CONNECTION = "not reached: no connection in time, or none with a valid certificate"
THROTTLES = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.BAD_GATEWAY, HTTPStatus.GATEWAY_TIMEOUT})
_GONE = {
    WebhookForm.STANDARD: frozenset({HTTPStatus.GONE}),
    WebhookForm.DISCORD: frozenset({HTTPStatus.GONE, HTTPStatus.NOT_FOUND}),
    WebhookForm.SLACK: frozenset({HTTPStatus.GONE, HTTPStatus.NOT_FOUND}),
}
"""What says for good that nobody is there; Discord and Slack say 404 of a webhook that was deleted."""


def of_answer(answer: PushAnswer, form: WebhookForm) -> SendResult:
    """Return what an answer means, by its status alone: nobody reads its body."""
    status = answer.status
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return SendResult(status=SendStatus.ACCEPTED)
    if status in _GONE[form]:
        reason = GONE if status == HTTPStatus.GONE else f"it answered {status}: it was deleted there"
        return SendResult(status=SendStatus.CHAT_CLOSED, reason=reason)
    if status in THROTTLES:
        silence = retry_after_seconds(answer.retry_after)
        return SendResult(
            status=SendStatus.REFUSED,
            retry_after=silence,
            is_throttled=status == HTTPStatus.TOO_MANY_REQUESTS,
            reason=f"HTTP {status}",
        )
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        reason = f"HTTP {status}: it points elsewhere, and pushes follow no redirects"
        return SendResult(status=SendStatus.REFUSED, reason=reason)
    return SendResult(status=SendStatus.REFUSED, reason=f"HTTP {status}")


def of_error(error: Exception) -> SendResult:
    """Return what it means that there was no answer.

    The owner of a webhook reads the reason, and may be anybody. So it tells neither a name within our network
    from one that nobody knows, nor a closed port from an open one.
    """
    if isinstance(error, NotTried):
        return SendResult(status=SendStatus.REFUSED, held_back=True, reason=NOT_TRIED)
    if isinstance(error, PortRefused):
        return SendResult(status=SendStatus.REFUSED, unreachable=True, reason=_PORT)
    if isinstance(error, (AddressRefused, NameUnknown)):
        return SendResult(status=SendStatus.REFUSED, unreachable=True, reason=_NO_ADDRESS)
    if isinstance(error, (NotConnected, aiohttp.ConnectionTimeoutError)):
        return SendResult(status=SendStatus.REFUSED, unreachable=True, reason=_NO_CONNECTION)
    reason = "no answer in time" if isinstance(error, TimeoutError) else f"no answer: {type(error).__name__}"
    return SendResult(status=SendStatus.AMBIGUOUS, reason=reason)


def retry_after_seconds(text: str) -> float:
    """The wait that a header Retry-After asks for, in seconds or as a date, within an hour.

    What is neither asks for the usual silence: whatever a receiver writes there, this does not raise.
    """
    try:
        seconds = float(text) if text.isascii() and text.isdigit() else _until(text)
    except (ValueError, TypeError, OverflowError, IndexError, AttributeError):
        return SILENCE
    return min(max(seconds, 1.0), MAX_SILENCE)


def _until(text: str) -> float:
    if not text or len(text) > _MAX_DATE:
        return SILENCE
    date = parsedate_to_datetime(text)
    aware = date if date.tzinfo else date.replace(tzinfo=UTC)  # RFC 5322: -0000 is UTC of an unknown place
    return (aware - now()).total_seconds()
