"""Verifies the signed init data of a Telegram Mini App.

https://core.telegram.org/bots/webapps#validating-data-received-via-the-mini-app
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated
from urllib.parse import parse_qsl

import msgspec

from domain.errors import NotSignedIn

MAX_AGE = timedelta(minutes=5)
MAX_AHEAD = timedelta(seconds=30)
"""Clocks differ."""
MAX_CHARACTERS = 4_096
_MAX_DATE_DIGITS = 12


class _Person(msgspec.Struct, frozen=True):
    """`{"id": 7}`, the field `user`."""

    id: Annotated[int, msgspec.Meta(ge=1, le=2**52)]


@dataclass(frozen=True, slots=True, kw_only=True)
class InitData:
    """Who opened the Mini App, and by which proof."""

    user_id: int
    signed_at: datetime
    proof: str
    """The signature: each is accepted once."""


def read_init_data(text: str, *, token: str, now: datetime) -> InitData:
    """The person in a Mini App's start.

    Args:
        text: `Telegram.WebApp.initData`, a query string.
        token: of the bot.
        now: the present time.

    Raises:
        NotSignedIn: Telegram has not signed it, or it is over five minutes old.
    """
    fields = _fields(text)
    proof = fields.pop("hash", "")
    key = hmac.digest(b"WebAppData", token.encode(), hashlib.sha256)
    checked = "\n".join(f"{name}={value}" for name, value in sorted(fields.items()))
    expected = hmac.digest(key, checked.encode(), hashlib.sha256).hex()
    if not hmac.compare_digest(expected.encode(), proof.encode(errors="replace")):
        raise NotSignedIn("Telegram has not signed this.")
    signed_at = _date(fields.get("auth_date", ""), now)
    if not -MAX_AHEAD <= now - signed_at <= MAX_AGE:
        raise NotSignedIn("This start is too old. Open the page again.")
    return InitData(user_id=_user_id(fields.get("user", "")), signed_at=signed_at, proof=proof)


def _fields(text: str) -> dict[str, str]:
    if len(text) > MAX_CHARACTERS:
        raise NotSignedIn("Telegram has not signed this.")
    pairs = parse_qsl(text, keep_blank_values=True)
    fields = dict(pairs)
    if len(fields) != len(pairs):  # which of two would be checked, and which believed?
        raise NotSignedIn("Telegram has not signed this.")
    return fields


def _date(text: str, now: datetime) -> datetime:
    if not (text.isascii() and text.isdigit() and len(text) <= _MAX_DATE_DIGITS):
        raise NotSignedIn("Telegram has not signed this.")
    return datetime.fromtimestamp(int(text), tz=now.tzinfo)


def _user_id(text: str) -> int:
    try:
        return msgspec.json.decode(text, type=_Person).id
    except (msgspec.DecodeError, UnicodeError) as error:
        raise NotSignedIn("Telegram does not say who opened this.") from error
