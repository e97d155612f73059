"""What answers of receivers mean."""

from datetime import timedelta
from email.utils import format_datetime

import aiohttp
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from domain.delivery.results import SendStatus
from domain.webhooks import WebhookForm
from messaging.http_connection import NotConnected
from messaging.webhook.answers import MAX_SILENCE, SILENCE, of_answer, of_error, retry_after_seconds
from messaging.webhook.connections import AddressRefused, PortRefused, PushAnswer
from messaging.webhook.look_ups import NameUnknown, NotTried
from runtime.clock import now


@pytest.mark.parametrize(
    ("status", "meaning"),
    [
        *((status, SendStatus.ACCEPTED) for status in (200, 201, 202, 204, 299)),
        *((status, SendStatus.REFUSED) for status in (301, 302, 303, 307, 308)),
        *((status, SendStatus.REFUSED) for status in (400, 401, 403, 404, 408, 413, 422, 500, 501, 503)),
        *((status, SendStatus.REFUSED) for status in (429, 502, 504)),
        (410, SendStatus.CHAT_CLOSED),
    ],
)
def test_each_status_means_what_standard_webhooks_says(status: int, meaning: SendStatus) -> None:
    assert of_answer(PushAnswer(status=status), WebhookForm.STANDARD).status is meaning


@pytest.mark.parametrize("status", [429, 502, 504])
def test_who_is_at_their_limit_gets_silence(status: int) -> None:
    standard = WebhookForm.STANDARD
    assert of_answer(PushAnswer(status=status, retry_after="120"), standard).retry_after == 120
    assert of_answer(PushAnswer(status=status), standard).retry_after == SILENCE


@pytest.mark.parametrize("status", [500, 503, 404, 301])
def test_nobody_else_does(status: int) -> None:
    assert of_answer(PushAnswer(status=status, retry_after="120"), WebhookForm.STANDARD).retry_after is None


@pytest.mark.parametrize("form", [WebhookForm.DISCORD, WebhookForm.SLACK])
def test_discord_and_slack_say_404_of_what_was_deleted(form: WebhookForm) -> None:
    assert of_answer(PushAnswer(status=404), form).status is SendStatus.CHAT_CLOSED


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        *(("5", 5), ("0", 1), ("86400", MAX_SILENCE), ("9" * 400, MAX_SILENCE)),
        *(("", SILENCE), ("soon", SILENCE), ("-4", SILENCE), ("٣", SILENCE), ("1.5", SILENCE)),
        ("Sun, 29 Nov 2020 00:00:00 GMT", 1),
    ],
)
def test_a_wait_is_read_within_bounds(text: str, seconds: float) -> None:
    assert retry_after_seconds(text) == seconds


def test_a_wait_may_be_a_date() -> None:
    assert 80 < retry_after_seconds(format_datetime(now() + timedelta(seconds=90), usegmt=True)) <= 90


@pytest.mark.parametrize("zone", ["", " -0000", " +0000", " GMT"])
def test_a_date_without_a_zone_is_one_of_utc(zone: str) -> None:
    date = (now() + timedelta(seconds=90)).strftime("%a, %d %b %Y %H:%M:%S")
    assert 80 < retry_after_seconds(date + zone) <= 90


@settings(max_examples=60, deadline=None)
@given(
    status=st.integers(100, 999),
    text=st.text(st.characters(codec="latin-1"), max_size=80)
    | st.from_regex(r"[A-Z][a-z]{2}, [0-9]{1,3} [A-Z][a-z]{2} [0-9]{1,5} [0-9:]{1,9} ?[-+A-Z]?[0-9]{0,6}"),
)
@example(status=429, text="Wed, 21 Oct 99999 07:28:00 GMT")
@example(status=429, text="Mon, 01 Jan 0001 00:00:00 +2359")
@example(status=429, text="9" * 30_000)
@example(status=429, text="(" * 30_000)
def test_no_answer_of_a_receiver_raises(status: int, text: str) -> None:
    for form in WebhookForm:
        silence = of_answer(PushAnswer(status=status, retry_after=text), form).retry_after
        assert silence is None or 1.0 <= silence <= MAX_SILENCE


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (NotConnected("refused"), SendStatus.REFUSED),
        *((AddressRefused(), SendStatus.REFUSED), (PortRefused(), SendStatus.REFUSED)),
        *((NameUnknown(), SendStatus.REFUSED), (NotTried(), SendStatus.REFUSED)),
        (aiohttp.ConnectionTimeoutError("no connection in time"), SendStatus.REFUSED),
        (aiohttp.SocketTimeoutError("no answer"), SendStatus.AMBIGUOUS),
        (aiohttp.ServerDisconnectedError(), SendStatus.AMBIGUOUS),
        (aiohttp.ClientPayloadError("no HTTP"), SendStatus.AMBIGUOUS),
        (TimeoutError(), SendStatus.AMBIGUOUS),
    ],
)
def test_without_an_answer_it_may_have_arrived_unless_nothing_was_sent(
    error: Exception, meaning: SendStatus
) -> None:
    assert of_error(error).status is meaning


def test_want_of_our_own_means_is_no_failed_try() -> None:
    assert of_error(NotTried()).held_back
    assert not of_error(NotTried()).unreachable
