"""The sandbox's issuer: a code is worth a token once, for whoever began."""

import base64
import hashlib
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import jwt
import pytest

from runtime.settings.settings import SANDBOX_OPENID_SECRET
from sandbox.telegram import SandboxTelegram
from tests.sandbox.telegram.stage import Stage

VERIFIER = "v" * 43
ASKED = {
    "client_id": "7",
    "redirect_uri": "http://127.0.0.1:5/back",
    "state": "<state>",
    "nonce": "nonce",
    "code_challenge": base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest())
    .decode()
    .rstrip("="),
}
PROOF = base64.b64encode(f"7:{SANDBOX_OPENID_SECRET.reveal()}".encode()).decode()


async def code_for(stage: Stage, http: aiohttp.ClientSession, user_id: int) -> str:
    form = ASKED | {"user_id": str(user_id)}
    async with http.post(f"{stage.telegram.url}/auth", data=form, allow_redirects=False) as answer:
        query = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert query["state"] == ["<state>"]
    return query.get("code", [""])[0]


async def redeem(
    stage: Stage, http: aiohttp.ClientSession, code: str, proof: str = PROOF, **changes: str
) -> tuple[int, Any]:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": ASKED["redirect_uri"],
        "code_verifier": VERIFIER,
    }
    headers = {"Authorization": f"Basic {proof}"}
    async with http.post(f"{stage.telegram.url}/token", data=form | changes, headers=headers) as answer:
        return answer.status, await answer.json()


async def keys_of(telegram: SandboxTelegram, http: aiohttp.ClientSession) -> Any:
    async with http.get(f"{telegram.url}/.well-known/openid-configuration") as answer:
        offer = await answer.json()
    async with http.get(offer["jwks_uri"]) as answer:
        return (await answer.json())["keys"]


async def test_a_code_is_worth_a_token_once(stage: Stage, http: aiohttp.ClientSession) -> None:
    code = await code_for(stage, http, stage.alice.id)
    status, tokens = await redeem(stage, http, code)
    assert status == 200
    (key,) = await keys_of(stage.telegram, http)
    claims = jwt.decode(tokens["id_token"], jwt.PyJWK(key), audience="7", issuer=stage.telegram.url)
    assert (claims["id"], claims["nonce"], claims["preferred_username"]) == (stage.alice.id, "nonce", "alice")
    assert await redeem(stage, http, code) == (400, {"error": "invalid_grant"})


@pytest.mark.parametrize(
    ("proof", "changes", "error"),
    [
        ("bm9ib2R5Om5vdGhpbmc=", {}, "invalid_client"),
        ("not base64", {}, "invalid_client"),
        (PROOF, {"code_verifier": "w" * 43}, "invalid_grant"),
        (PROOF, {"redirect_uri": "http://127.0.0.1:6/back"}, "invalid_grant"),
        (PROOF, {"code": "another"}, "invalid_grant"),
    ],
)
async def test_nobody_else_gets_one(
    stage: Stage, http: aiohttp.ClientSession, proof: str, changes: dict[str, str], error: str
) -> None:
    code = changes.pop("code", "") or await code_for(stage, http, stage.alice.id)
    status, answer = await redeem(stage, http, code, proof, **changes)
    assert status in {400, 401}
    assert answer == {"error": error}


async def test_the_page_has_a_button_for_each_person_and_escapes_what_it_is_given(
    stage: Stage, http: aiohttp.ClientSession
) -> None:
    async with http.get(f"{stage.telegram.url}/auth", params=ASKED) as answer:
        page = await answer.text()
    assert f'value="{stage.alice.id}">Alice<' in page
    assert "&lt;state&gt;" in page
    assert await code_for(stage, http, 0) == ""


async def test_it_sends_nobody_to_another_machine(stage: Stage, http: aiohttp.ClientSession) -> None:
    for wrong in ({"redirect_uri": "https://evil.example/"}, {"nonce": ""}):
        async with http.get(f"{stage.telegram.url}/auth", params=ASKED | wrong) as answer:
            assert answer.status == 400
