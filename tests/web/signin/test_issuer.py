"""What an issuer says, and what is made of it when it says something else, or nothing."""

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from runtime.embedded.ports import free_port
from runtime.processes.http_server import http_server
from runtime.settings.secret import Secret
from web.signin import issuer as issuer_module
from web.signin.issuer import Client, Issuer, IssuerUnavailable, usable_keys
from web.signin.openid import Reason, SignInRefused, begin

KEY = {"kty": "EC", "crv": "P-256", "x": "A" * 43, "y": "A" * 43}
GOOD = {
    "kty": "EC",
    "crv": "P-256",
    "x": "axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY",
    "y": "T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU",
    "kid": "good",
}


class Answers:
    """An issuer that answers whatever a test wants."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.offer: Any = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/auth",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
        }
        self.keys: Any = {"keys": [GOOD]}
        self.token: Callable[[], Response] = lambda: Response(status_code=500)
        self.asked: list[str] = []

    async def answer(self, request: Request) -> Response:
        self.asked.append(request.url.path)
        if request.url.path == "/token":
            return self.token()
        found = self.keys if request.url.path == "/keys" else self.offer
        return Response(found if isinstance(found, bytes) else msgspec.json.encode(found))

    def issuer(self) -> Issuer:
        return Issuer(
            Client(
                issuer=self.url,
                client_id="7",
                client_secret=Secret("s" * 20),
                redirect_uri="http://127.0.0.1/back",
            )
        )


ATTEMPT = begin(Secret("s" * 20), 1_790_000_000)


@pytest.fixture
async def answers() -> AsyncIterator[Answers]:
    made = Answers()
    application = Starlette(routes=[Route("/{path:path}", made.answer, methods=["GET", "POST"])])
    async with http_server(application, host="127.0.0.1", port=made.port):
        yield made


async def test_it_is_asked_once_for_many_sign_ins(answers: Answers) -> None:
    issuer = answers.issuer()
    addresses = {await issuer.address_for(ATTEMPT) for _ in range(3)}
    assert len(addresses) == 1
    assert answers.asked == ["/.well-known/openid-configuration", "/keys"]
    assert f"code_challenge={ATTEMPT.challenge}" in addresses.pop()


@pytest.mark.parametrize(
    "offer",
    [
        b"not json",
        b"[]",
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://evil.example/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": 5},
        b"x" * 300_000,
    ],
)
async def test_an_issuer_that_is_not_what_it_should_be_is_away(answers: Answers, offer: Any) -> None:
    answers.offer = offer if isinstance(offer, bytes) else answers.offer | offer
    with pytest.raises(IssuerUnavailable):
        await answers.issuer().address_for(ATTEMPT)


async def test_nobody_there_is_away_and_what_was_known_lasts(answers: Answers) -> None:
    issuer = answers.issuer()
    address = await issuer.address_for(ATTEMPT)
    issuer._kept.at -= 3_601
    answers.offer = b"broken"
    assert await issuer.address_for(ATTEMPT) == address
    issuer.client = Client(
        issuer="http://127.0.0.1:1", client_id="7", client_secret=Secret("s"), redirect_uri="http://x"
    )
    with pytest.raises(IssuerUnavailable):
        await Issuer(issuer.client).address_for(ATTEMPT)


async def test_while_it_hangs_one_sign_in_waits_for_it_and_all_others_read_so_at_once(
    answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issuer_module, "_ANSWER_SECONDS", 0.05)
    asked = 0
    hangs = asyncio.Event()

    async def hang(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        asked += 1
        await hangs.wait()
        writer.close()

    issuer = answers.issuer()
    good = issuer.client
    async with await asyncio.start_server(hang, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        issuer.client = replace(good, issuer=url)
        refused = await asyncio.gather(
            *(issuer.address_for(ATTEMPT) for _ in range(9)), return_exceptions=True
        )
        hangs.set()
    assert [type(one) for one in refused] == [IssuerUnavailable] * 9
    assert asked == 1
    issuer.client = good
    with pytest.raises(IssuerUnavailable, match="a moment ago"):
        await issuer.address_for(ATTEMPT)
    issuer._unavailable_until = 0.0
    assert await issuer.address_for(ATTEMPT)


async def test_an_unknown_key_makes_it_asked_again_but_not_at_once(answers: Answers) -> None:
    header = base64.urlsafe_b64encode(b'{"alg":"ES256","kid":"new"}').rstrip(b"=").decode()
    answers.token = lambda: Response(msgspec.json.encode({"id_token": f"{header}.e30.AAAA"}))
    issuer = answers.issuer()
    for _ in range(3):
        with pytest.raises(SignInRefused):
            await issuer.user_for("code", ATTEMPT)
    assert answers.asked.count("/keys") == 1
    issuer._kept.at -= 61
    with pytest.raises(SignInRefused):
        await issuer.user_for("code", ATTEMPT)
    assert answers.asked.count("/keys") == 2


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Response(b'{"error": "invalid_grant"}', 400), Reason.UNPROVED),
        (Response(b'{"error": {"a": 1}}', 401), Reason.UNPROVED),
        (Response(b'{"id_token": "a.b"}', 200), Reason.UNPROVED),
        (Response(b"", 503), None),
        (Response(b'{"id_token": 5}', 200), None),
        (Response(b"", 302, {"Location": "http://127.0.0.1:1/"}), None),
    ],
)
async def test_a_code_that_is_refused_signs_nobody_in(
    answers: Answers, answer: Response, reason: Reason | None
) -> None:
    answers.token = lambda: answer
    with pytest.raises(SignInRefused if reason else IssuerUnavailable) as caught:
        await answers.issuer().user_for("code", ATTEMPT)
    assert getattr(caught.value, "reason", None) is reason


def test_keys_of_other_kinds_and_uses_are_left_aside() -> None:
    shared = {"kty": "oct", "k": "AAAA", "kid": "shared"}
    crypt = {**GOOD, "kid": "crypt", "use": "enc"}
    assert [*usable_keys([GOOD, shared, crypt, KEY, {}, {"kty": 5}])] == ["good"]
