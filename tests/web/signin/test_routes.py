"""Signing in: by a link that works once, or as the person Telegram signed; each proof once."""

import hashlib
import hmac
import time
from urllib.parse import urlencode

import pytest

from tests.storage.sample_data import ALICE
from tests.web.conftest import TOKEN, Answer, Web
from web.callers import COOKIE

pytestmark = pytest.mark.services


async def sign_in(web: Web, body: object, origin: str | None = None) -> Answer:
    return await web.ask("POST", "/session", body=body, Origin=web.url if origin is None else origin)


def cookie_of(answer: Answer) -> str:
    return answer.headers["Set-Cookie"].partition(";")[0]


def start_of(user_id: int) -> str:
    fields = {"auth_date": str(int(time.time())), "user": f'{{"id":{user_id}}}'}
    text = "\n".join(f"{name}={value}" for name, value in sorted(fields.items()))
    key = hmac.new(b"WebAppData", TOKEN.encode(), hashlib.sha256).digest()
    return urlencode({**fields, "hash": hmac.new(key, text.encode(), hashlib.sha256).hexdigest()})


async def test_a_link_opens_the_page_once(web: Web) -> None:
    token = await web.services.access.offer_sign_in(ALICE)
    answer = await sign_in(web, {"token": token})
    assert answer.status == 204
    flags = answer.headers["Set-Cookie"]
    assert "HttpOnly" in flags
    assert "SameSite=lax" in flags
    assert (await web.ask("GET", "/api/v1/rules", Cookie=cookie_of(answer))).status == 200
    assert (await sign_in(web, {"token": token})).status == 401


async def test_a_link_that_is_a_minute_old_opens_nothing(web: Web) -> None:
    token = await web.services.access.offer_sign_in(ALICE)
    await web.connections.database.execute("UPDATE sign_in_tokens SET expires_at = now()")
    assert (await sign_in(web, {"token": token})).status == 401


@pytest.mark.parametrize("body", [{}, {"token": "x"}, {"token": 5}, [], {"token": "A" * 43}, {"other": "x"}])
async def test_what_proves_nothing_opens_nothing(web: Web, body: object) -> None:
    assert (await sign_in(web, body)).status in {401, 422}


async def test_another_page_cannot_sign_anybody_in(web: Web) -> None:
    token = await web.services.access.offer_sign_in(ALICE)
    assert (await sign_in(web, {"token": token}, origin="https://evil.example")).status == 403
    assert (await sign_in(web, {"token": token})).status == 204


async def test_scenario_84_a_mini_apps_start_is_accepted_once_and_a_forged_one_never(web: Web) -> None:
    start = start_of(ALICE)
    answer = await sign_in(web, {"init_data": start})
    assert answer.status == 204
    assert (await web.ask("GET", "/api/v1/rules", Cookie=cookie_of(answer))).status == 200
    assert (await sign_in(web, {"init_data": start})).status == 401
    forged = start.replace(str(ALICE), "7")
    assert (await sign_in(web, {"init_data": forged})).status == 401


async def test_who_signs_out_is_signed_out_everywhere_with_that_session(web: Web) -> None:
    cookie = await web.sign_in()
    assert (await web.ask("GET", "/api/v1/rules", Cookie=cookie)).status == 200
    done = await web.ask("DELETE", "/session", Cookie=cookie, Origin=web.url)
    assert done.status == 204
    assert f'{COOKIE}="";' in done.headers["Set-Cookie"]
    assert (await web.ask("GET", "/api/v1/rules", Cookie=cookie)).status == 401
