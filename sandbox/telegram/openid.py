"""A small issuer of OpenID Connect, in place of Telegram's: whoever lives here signs in with one click.

GET  /.well-known/openid-configuration, /.well-known/jwks.json   what it offers, and its keys
GET  /auth      the people, one button each
POST /auth      somebody says yes, or (user_id=0) no: back to redirect_uri with a code, or without
POST /token     an id token for a code, once, for the client that shows secret and verifier

The claims are Telegram's: `sub`, `id` (the number of the user), `name`, `preferred_username`, and `nonce`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import html
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

import jwt
import msgspec
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from runtime.settings.parsing import is_loopback
from sandbox.telegram.chats.state import ServerState
from sandbox.telegram.shapes import User

PATHS = frozenset({"/.well-known/openid-configuration", "/.well-known/jwks.json", "/auth", "/token"})
_CODE_SECONDS = 60.0
_TOKEN_SECONDS = 3_600
_ASKED = ("client_id", "redirect_uri", "state", "nonce", "code_challenge")
_PAGE = """\
<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Sign in</title><link rel="stylesheet" href="/style.css"><main><h1>Sign in as</h1>
<form method="post" action="/auth">{fields}{people}
<p><button name="user_id" value="0">Nobody: cancel</button></p></form></main></html>
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Granted:
    """What a code stands for."""

    user: User
    asked: Mapping[str, str]
    at: float


class OpenIdIssuer:
    """The issuer of one sandbox."""

    def __init__(self, state: ServerState, client_secret: str, algorithm: str = "RS256") -> None:
        """Issue tokens about the people of a sandbox.

        Args:
            state: who lives here.
            client_secret: what every client has to show.
            algorithm: RS256 or ES256.
        """
        self._state = state
        self._client_secret = client_secret
        self.algorithm = algorithm
        self._granted: dict[str, _Granted] = {}
        self.key_id = secrets.token_hex(8)

    @cached_property
    def key(self) -> rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey:
        """What it signs with; made when it is first needed."""
        if self.algorithm == "ES256":
            return ec.generate_private_key(ec.SECP256R1())
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def sign(self, claims: Mapping[str, Any]) -> str:
        """An id token with these claims."""
        return jwt.encode(dict(claims), self.key, self.algorithm, headers={"kid": self.key_id})

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one of `PATHS`."""
        if request.path == "/.well-known/openid-configuration":
            return _json(self._offer(f"http://{request.host}"))
        if request.path == "/.well-known/jwks.json":
            return _json({"keys": [self._public_key()]})
        if request.path == "/token":
            return await self._token(request)
        if request.method == "POST":
            return await self._decide(request)
        return self._ask(request.query)

    def _offer(self, url: str) -> dict[str, Any]:
        return {
            "issuer": url,
            "authorization_endpoint": f"{url}/auth",
            "token_endpoint": f"{url}/token",
            "jwks_uri": f"{url}/.well-known/jwks.json",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [self.algorithm],
            "scopes_supported": ["openid", "profile"],
            "code_challenge_methods_supported": ["S256"],
        }

    def _public_key(self) -> dict[str, Any]:
        algorithm = jwt.get_algorithm_by_name(self.algorithm)
        public = algorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {**public, "kid": self.key_id, "use": "sig", "alg": self.algorithm}

    def _ask(self, asked: Mapping[str, str]) -> web.Response:
        """The page with one button for each person."""
        if wrong := _mistake(asked):
            return web.Response(status=400, text=wrong)
        fields = "".join(
            f'<input type="hidden" name="{name}" value="{html.escape(asked[name])}">' for name in _ASKED
        )
        people = "".join(
            f'<p><button name="user_id" value="{user.id}">{html.escape(user.first_name)}</button></p>'
            for user in list(self._state.users.values())[:50]
        )
        return web.Response(text=_PAGE.format(fields=fields, people=people), content_type="text/html")

    async def _decide(self, request: web.BaseRequest) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        if wrong := _mistake(form):
            return web.Response(status=400, text=wrong)
        user = self._state.users.get(int(form.get("user_id", "0") or 0))
        answer = {"state": form["state"]}
        if user is None:
            answer["error"] = "access_denied"
        else:
            answer["code"] = secrets.token_urlsafe(24)
            self._granted[answer["code"]] = _Granted(user=user, asked=form, at=time.monotonic())
        return web.Response(status=303, headers={"Location": f"{form['redirect_uri']}?{urlencode(answer)}"})

    async def _token(self, request: web.BaseRequest) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        granted = self._granted.pop(form.get("code", ""), None)
        client_id, secret = _client_of(request.headers.get("Authorization", ""))
        if not hmac.compare_digest(secret.encode(), self._client_secret.encode()):
            return _json({"error": "invalid_client"}, status=401)
        if granted is None or not _fits(granted, form, client_id):
            return _json({"error": "invalid_grant"}, status=400)
        token = self.sign(self.claims(granted.user, f"http://{request.host}", granted.asked))
        return _json({"access_token": secrets.token_urlsafe(24), "token_type": "Bearer", "id_token": token})

    def claims(self, user: User, issuer: str, asked: Mapping[str, str]) -> dict[str, Any]:
        """Return what an id token says of somebody.

        Args:
            user: the person.
            issuer: our address.
            asked: with the client and its nonce.
        """
        now = int(time.time())
        return {
            "iss": issuer,
            "aud": asked["client_id"],
            "sub": str(user.id),
            "id": user.id,
            "iat": now,
            "exp": now + _TOKEN_SECONDS,
            "nonce": asked["nonce"],
            "name": user.first_name,
            "preferred_username": user.username,
        }


def _mistake(asked: Mapping[str, str]) -> str:
    """Return what is wrong with a sign-in; empty: nothing."""
    if missing := [name for name in _ASKED if not asked.get(name)]:
        return f"{', '.join(missing)} must be given"
    if not is_loopback(urlsplit(asked["redirect_uri"]).hostname):
        return "redirect_uri must be on this machine"
    return ""


def _client_of(header: str) -> tuple[str, str]:
    """Return who asks for a token, and the secret that they show; RFC 6749, 2.3.1."""
    try:
        both = base64.b64decode(header.removeprefix("Basic "), validate=True).decode()
    except ValueError:
        return "", ""
    client_id, _, secret = both.partition(":")
    return unquote(client_id), unquote(secret)


def _fits(granted: _Granted, form: Mapping[str, str], client_id: str) -> bool:
    """Return whether a code is used by whoever began, in time."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
    return (
        form.get("grant_type") == "authorization_code"
        and client_id == granted.asked["client_id"]
        and form.get("redirect_uri") == granted.asked["redirect_uri"]
        and challenge.rstrip(b"=").decode() == granted.asked["code_challenge"]
        and time.monotonic() - granted.at < _CODE_SECONDS
    )


def _json(content: Any, status: int = 200) -> web.Response:
    return web.Response(status=status, body=msgspec.json.encode(content), content_type="application/json")
