"""What a Mini App is started with: believed only if Telegram signed it, recently."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest

from domain.errors import NotSignedIn
from messaging.telegram.init_data import read_init_data

TOKEN = "123456789:AAF-made-up-token-of-the-tests"
NOW = datetime(2026, 11, 29, tzinfo=UTC)


def signed(token: str = TOKEN, **fields: str) -> str:
    """As Telegram signs it: the fields in order, under a key made of the bot's token."""
    known = {"auth_date": str(int(NOW.timestamp())), "user": '{"id":5,"first_name":"Ann"}', "query_id": "q"}
    known |= fields
    text = "\n".join(f"{name}={value}" for name, value in sorted(known.items()))
    key = hmac.new(b"WebAppData", token.encode(), hashlib.sha256).digest()
    return urlencode({**known, "hash": hmac.new(key, text.encode(), hashlib.sha256).hexdigest()})


def test_the_person_is_whom_telegram_signed() -> None:
    start = read_init_data(signed(), token=TOKEN, now=NOW + timedelta(minutes=4))
    assert (start.user_id, start.signed_at) == (5, NOW)


@pytest.mark.parametrize(
    "fault", ["forged", "other token", "changed", "no hash", "doubled", "not signed", "long"]
)
def test_what_telegram_did_not_sign_is_refused(fault: str) -> None:
    text = {
        "forged": urlencode({"auth_date": "1", "user": '{"id":5}', "hash": "0" * 64}),
        "other token": signed("123456789:AAE-another-token-of-the-tests-here"),
        "changed": signed().replace("%22id%22%3A5", "%22id%22%3A6"),
        "no hash": signed().partition("&hash=")[0],
        "doubled": signed() + "&user=%7B%22id%22%3A6%7D",
        "not signed": "",
        "long": signed() + "&x=" + "a" * 5_000,
    }[fault]
    with pytest.raises(NotSignedIn):
        read_init_data(text, token=TOKEN, now=NOW)


@pytest.mark.parametrize("minutes", [6, -2, 60 * 24 * 365])
def test_a_start_that_is_too_old_or_of_the_future_is_refused(minutes: int) -> None:
    with pytest.raises(NotSignedIn, match="too old"):
        read_init_data(signed(), token=TOKEN, now=NOW + timedelta(minutes=minutes))


@pytest.mark.parametrize("user", ["", "{}", '{"id":"5"}', '{"id":0}', '{"id":1e30}', "[", '{"id":-5}'])
def test_a_start_without_a_person_is_refused(user: str) -> None:
    with pytest.raises(NotSignedIn):
        read_init_data(signed(user=user), token=TOKEN, now=NOW)


@pytest.mark.parametrize("date", ["", "abc", "9" * 40, "-5", "1.5"])
def test_a_date_that_is_none_is_refused(date: str) -> None:
    with pytest.raises(NotSignedIn):
        read_init_data(signed(auth_date=date), token=TOKEN, now=NOW)
