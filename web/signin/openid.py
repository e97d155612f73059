"""The pure part of OpenID Connect: the parameters of a sign-in, and the subject of an id token.

The authorization code flow with PKCE (S256), state and nonce (OpenID Connect Core 1.0, RFC 7636). All three
are worked out from one random text in a cookie, under the client's secret: nothing is stored, any instance
takes the answer, and whoever has not begun in this browser, or not within ten minutes, is refused.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import jwt
from jwt import PyJWK, PyJWTError

from domain.errors import NotSignedIn
from runtime.settings.secret import Secret

ALGORITHMS = ("RS256", "ES256")
"""What an id token may be signed with: of the two, Telegram's default and its choice by elliptic curves."""
ATTEMPT_SECONDS = 600
"""How long a sign-in may take at the issuer's."""
LEEWAY_SECONDS = 60
"""By which clocks may differ."""
MAX_TOKEN_CHARACTERS = 16_384
_COOKIE = re.compile(r"(?P<began>[0-9]{10})\.[A-Za-z0-9_-]{43}")
_MAX_USER_ID = 2**53


class Reason(StrEnum):
    """Why somebody is not signed in; the page has the words."""

    OLD = "old"
    """It was begun in another browser, too long ago, or is over already."""
    UNPROVED = "unproved"
    """The answer does not prove who they are."""
    DECLINED = "declined"
    """They told the issuer not to."""
    AWAY = "away"
    """The issuer does not answer."""


class SignInRefused(NotSignedIn):
    """Nobody is signed in; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(f"Nobody is signed in: {reason.value}.")
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One sign-in that was begun in this browser."""

    cookie: str
    """When it began, and 32 random bytes; what the browser keeps."""
    client_secret: Secret

    @property
    def state(self) -> str:
        """Comes back with the code; whoever sends a code of their own does not know it."""
        return self._derived("state")

    @property
    def nonce(self) -> str:
        """Stands in the id token, so that no token of another sign-in is taken."""
        return self._derived("nonce")

    @property
    def verifier(self) -> str:
        """Shown with the code alone, so that a code that leaks is worth nothing."""
        return self._derived("verifier")

    @property
    def challenge(self) -> str:
        """The hash of the verifier, which the issuer sees first."""
        return _base64(hashlib.sha256(self.verifier.encode()).digest())

    def _derived(self, purpose: str) -> str:
        text = f"{purpose} {self.cookie}".encode()
        return _base64(hmac.digest(self.client_secret.reveal().encode(), text, "sha256"))


def begin(client_secret: Secret, now: float) -> Attempt:
    """A new sign-in.

    Args:
        client_secret: under which state, nonce and verifier are worked out.
        now: seconds since 1970.
    """
    return Attempt(cookie=f"{int(now):010d}.{secrets.token_urlsafe(32)}", client_secret=client_secret)


def resume(client_secret: Secret, cookie: str, state: str, now: float) -> Attempt:
    """The sign-in to which an answer belongs.

    Args:
        client_secret: as at its beginning.
        cookie: what the browser kept.
        state: what came back with the code.
        now: seconds since 1970.

    Raises:
        SignInRefused: it was begun in another browser, or too long ago.
    """
    found = _COOKIE.fullmatch(cookie)
    if found is None or not 0 <= now - int(found["began"]) <= ATTEMPT_SECONDS:
        raise SignInRefused(Reason.OLD)
    attempt = Attempt(cookie=cookie, client_secret=client_secret)
    if not hmac.compare_digest(attempt.state.encode(), state.encode(errors="replace")):
        raise SignInRefused(Reason.OLD)
    return attempt


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """For whom an id token has to be, and by whom."""

    issuer: str
    client_id: str


def key_id_of(token: str) -> str:
    """Return which key signed a token, by its header; empty: it does not say.

    Raises:
        SignInRefused: it is no token.
    """
    try:
        if len(token) > MAX_TOKEN_CHARACTERS:
            raise SignInRefused(Reason.UNPROVED)
        return str(jwt.get_unverified_header(token).get("kid", ""))
    except (PyJWTError, ValueError) as error:
        raise SignInRefused(Reason.UNPROVED) from error


def user_of(token: str, key: PyJWK, audience: Audience, nonce: str) -> int:
    """The id of the person whom a token names.

    Args:
        token: the id token.
        key: of the issuer, the one that the token names.
        audience: for whom it has to be.
        nonce: of this sign-in.

    Raises:
        SignInRefused: signature, issuer, audience, time or nonce are not as they have to be, or no id of
            Telegram stands in it.
    """
    try:
        claims = jwt.decode(
            token,
            key,
            algorithms=ALGORITHMS,
            audience=audience.client_id,
            issuer=audience.issuer,
            leeway=LEEWAY_SECONDS,
            options={"require": ["iss", "aud", "sub", "exp", "iat"], "enforce_minimum_key_length": True},
        )
    except (PyJWTError, ValueError) as error:
        raise SignInRefused(Reason.UNPROVED) from error
    if not _is_for_us_alone(claims, audience.client_id) or not _is_nonce(claims.get("nonce"), nonce):
        raise SignInRefused(Reason.UNPROVED)
    user_id = claims.get("id")  # Telegram's own claim: `sub` is no number of a user in every issuer
    if not isinstance(user_id, int) or isinstance(user_id, bool) or not 0 < user_id < _MAX_USER_ID:
        raise SignInRefused(Reason.UNPROVED)
    return user_id


def _is_for_us_alone(claims: Mapping[str, Any], client_id: str) -> bool:
    """Whether nobody else could have been given the token; OpenID Connect Core 1.0, 3.1.3.7, 3 to 5."""
    is_single = claims["aud"] in (client_id, [client_id])
    return is_single and claims.get("azp", client_id) == client_id


def _is_nonce(found: object, nonce: str) -> bool:
    return isinstance(found, str) and hmac.compare_digest(found.encode(errors="replace"), nonce.encode())


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode("ascii")
