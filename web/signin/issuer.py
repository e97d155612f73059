"""HTTP client of the OpenID issuer: discovery, keys, and the token for a code.

What it says of itself, and its keys, are kept for an hour; a token signed with a key that is not known makes
it asked again, once a minute at most. One that does not answer is left alone for some seconds, in which
nobody waits for it. Answers are bounded, and no redirect is followed.
"""

from __future__ import annotations

import asyncio
import base64
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, final
from urllib.parse import quote, urlencode, urlsplit

import aiohttp
import msgspec
from jwt import PyJWK, PyJWTError

from domain.errors import Unavailable
from runtime.clock import monotonic
from runtime.settings.parsing import is_loopback
from runtime.settings.secret import Secret
from web.signin.openid import ALGORITHMS, Attempt, Audience, Reason, SignInRefused, key_id_of, user_of

log = logging.getLogger(__name__)
T = TypeVar("T")
SCOPE = "openid profile"
_ANSWER_SECONDS = 10.0
_KEEP_SECONDS = 3_600.0
_ASK_AGAIN_SECONDS = 60.0
_AWAY_SECONDS = 15.0
"""How long an issuer is left alone that did not answer."""
_MAX_BYTES = 256 * 1024
_MAX_KEYS = 50
_DISCOVERY = "/.well-known/openid-configuration"


class IssuerUnavailable(Unavailable):
    """The issuer did not answer properly; signing in is unavailable for now."""


class Discovered(msgspec.Struct, frozen=True, kw_only=True):
    """Where the issuer answers what, as its well-known page says.

    `{"issuer": "https://oauth.telegram.org", "authorization_endpoint": "https://…/auth", "token_endpoint":
    "https://…/token", "jwks_uri": "https://…/keys"}`.
    """

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


class KeySet(msgspec.Struct, frozen=True, kw_only=True):
    """`{"keys": [{"kty": "RSA", "kid": "…", "n": "…", "e": "AQAB"}]}`."""

    keys: list[dict[str, Any]]


class Tokens(msgspec.Struct, frozen=True, kw_only=True):
    """`{"access_token": "…", "token_type": "Bearer", "id_token": "eyJ…"}`; the id token alone is needed."""

    id_token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """As whom we ask."""

    issuer: str
    client_id: str
    client_secret: Secret
    redirect_uri: str
    """Where the browser comes back to; registered with the issuer."""


@dataclass(slots=True, kw_only=True)
class _Kept:
    """What the issuer said, and when; empty before it was asked."""

    discovered: Discovered | None = None
    keys: Mapping[str, PyJWK] = field(default_factory=dict)
    at: float = 0.0


@final
class Issuer:
    """The issuer of one client."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self._kept = _Kept()
        self._asking = asyncio.Lock()
        self._unavailable_until = 0.0

    async def address_for(self, attempt: Attempt) -> str:
        """Return where the browser goes to sign in.

        Raises:
            IssuerUnavailable: the issuer does not answer.
        """
        kept = await self._known(_KEEP_SECONDS)
        query = {
            "response_type": "code",
            "client_id": self.client.client_id,
            "redirect_uri": self.client.redirect_uri,
            "scope": SCOPE,
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": attempt.challenge,
            "code_challenge_method": "S256",
        }
        return f"{kept.authorization_endpoint}?{urlencode(query)}"

    async def user_for(self, code: str, attempt: Attempt) -> int:
        """Return who signed in, by the code with which the browser came back.

        Raises:
            SignInRefused: the issuer refuses the code, or its token does not prove it.
            IssuerUnavailable: the issuer does not answer.
        """
        discovered = await self._known(_KEEP_SECONDS)
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.client.redirect_uri,
            "client_id": self.client.client_id,
            "code_verifier": attempt.verifier,
        }
        token = (await self._tokens(discovered.token_endpoint, form)).id_token
        audience = Audience(issuer=self.client.issuer, client_id=self.client.client_id)
        return user_of(token, await self._key(key_id_of(token)), audience, attempt.nonce)

    async def _key(self, key_id: str) -> PyJWK:
        """The key of this id; a new one may be a minute late."""
        for seconds in (_KEEP_SECONDS, _ASK_AGAIN_SECONDS):
            await self._known(seconds)
            if (key := self._kept.keys.get(key_id)) is not None:
                return key
        raise SignInRefused(Reason.UNPROVED)

    async def _known(self, seconds: float) -> Discovered:
        """Return what the issuer says of itself, not older than this."""
        async with self._asking:
            kept = self._kept
            is_old = kept.discovered is None or monotonic() - kept.at >= seconds
            if is_old and monotonic() >= self._unavailable_until:
                try:
                    async with asyncio.timeout(_ANSWER_SECONDS):
                        kept = self._kept = await self._ask()
                except (IssuerUnavailable, TimeoutError) as error:
                    self._unavailable_until = monotonic() + _AWAY_SECONDS
                    if kept.discovered is None:
                        raise IssuerUnavailable(
                            str(error) or "The issuer does not answer in time."
                        ) from error
                    kept.at = monotonic() - _KEEP_SECONDS + _ASK_AGAIN_SECONDS  # the old ones until then
            if kept.discovered is None:
                raise IssuerUnavailable("The issuer did not answer a moment ago.")
            return kept.discovered

    async def _ask(self) -> _Kept:
        found = await self._get(self.client.issuer + _DISCOVERY, Discovered)
        if found.issuer != self.client.issuer:
            raise IssuerUnavailable(
                f"OPENID_ISSUER is {self.client.issuer}, and calls itself {found.issuer[:200]}."
            )
        for address in (found.authorization_endpoint, found.token_endpoint, found.jwks_uri):
            if not self._may_be_asked(address):
                raise IssuerUnavailable("The issuer names an address without TLS.")
        keys = await self._get(found.jwks_uri, KeySet)
        return _Kept(discovered=found, keys=usable_keys(keys.keys), at=monotonic())

    def _may_be_asked(self, address: str) -> bool:
        """Return whether nobody on the way can answer in the issuer's place."""
        parts, issuer = urlsplit(address), urlsplit(self.client.issuer)
        if parts.scheme == "https":
            return True
        is_same = (parts.scheme, parts.netloc) == (issuer.scheme, issuer.netloc)
        return parts.scheme == "http" and (is_same or is_loopback(parts.hostname))

    async def _get(self, address: str, kind: type[T]) -> T:
        status, body = await _asked("GET", address)
        return _read(status, body, kind)

    async def _tokens(self, address: str, form: Mapping[str, str]) -> Tokens:
        status, body = await _asked("POST", address, form=form, headers=_proof_of(self.client))
        if status in {400, 401, 403}:
            log.warning("The issuer refused a code: HTTP %d, %s", status, _error_word(body))
            raise SignInRefused(Reason.UNPROVED)
        return _read(status, body, Tokens)


def usable_keys(keys: Sequence[Mapping[str, Any]]) -> dict[str, PyJWK]:
    """The keys that may sign id tokens, by their id; others are left aside."""
    usable: dict[str, PyJWK] = {}
    for key in keys[:_MAX_KEYS]:
        try:
            read = PyJWK(dict(key))
        except (PyJWTError, ValueError, TypeError):
            continue
        if read.algorithm_name in ALGORITHMS and key.get("use", "sig") == "sig":
            usable[str(key.get("kid", ""))] = read
    return usable


def _proof_of(client: Client) -> Mapping[str, str]:
    """Return who asks for a token: RFC 6749, 2.3.1."""
    both = f"{quote(client.client_id, safe='')}:{quote(client.client_secret.reveal(), safe='')}"
    return {"Authorization": f"Basic {base64.b64encode(both.encode()).decode()}"}


async def _asked(
    method: str,
    address: str,
    *,
    form: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> tuple[int, bytes]:
    """The status of an answer and its body, which is not read beyond its bound."""
    try:
        async with (
            asyncio.timeout(_ANSWER_SECONDS),
            aiohttp.ClientSession() as session,
            session.request(method, address, data=form, headers=headers, allow_redirects=False) as answer,
        ):
            body = bytearray()
            async for part in answer.content.iter_chunked(16_384):
                body += part
                if len(body) > _MAX_BYTES:
                    raise IssuerUnavailable("The issuer's answer is too long.")
            return answer.status, bytes(body)
    except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
        raise IssuerUnavailable(f"The issuer does not answer: {type(error).__name__}") from error


def _read(status: int, body: bytes, kind: type[T]) -> T:
    if status != 200:  # noqa: PLR2004 - HTTP's yes
        raise IssuerUnavailable(f"The issuer answers with HTTP {status}.")
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise IssuerUnavailable("The issuer's answer cannot be read.") from error


def _error_word(body: bytes) -> str:
    """`invalid_grant` and the like, RFC 6749, 5.2; nothing else of what came back goes into a log."""
    try:
        word = str(msgspec.json.decode(body)["error"])
    except (msgspec.DecodeError, KeyError, TypeError, IndexError, UnicodeDecodeError, RecursionError):
        return "without a reason"
    return word if word.isascii() and word.replace("_", "").isalnum() and len(word) < 40 else "unknown reason"  # noqa: PLR2004
