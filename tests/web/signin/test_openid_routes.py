"""Signing in with Telegram, against the sandbox's issuer: there, back, and never for somebody else."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from runtime.settings.settings import SANDBOX_OPENID_SECRET, Settings
from sandbox.telegram import SandboxTelegram, TelegramConfig
from tests.storage.sample_data import ALICE
from tests.web.conftest import Web
from web.callers import COOKIE
from web.signin.openid_routes import ATTEMPT_COOKIE, BACK, METHODS, START

pytestmark = pytest.mark.services


@pytest.fixture(params=["RS256", "ES256"])
async def telegram(request: pytest.FixtureRequest) -> AsyncIterator[SandboxTelegram]:
    async with SandboxTelegram(TelegramConfig(openid_algorithm=request.param)) as running:
        running.people.add_user("Alice", user_id=ALICE)
        yield running


@pytest.fixture
def web_settings(web_settings: Settings, telegram: SandboxTelegram) -> Settings:
    return replace(web_settings, openid_issuer=telegram.url, openid_client_secret=SANDBOX_OPENID_SECRET)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Where a browser is sent, and what it keeps."""

    status: int
    address: str
    cookies: Mapping[str, str]

    @property
    def query(self) -> Mapping[str, list[str]]:
        return parse_qs(urlsplit(self.address).query)


async def go(web: Web, address: str, **cookies: str) -> Step:
    sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    jar = aiohttp.DummyCookieJar()
    async with (
        aiohttp.ClientSession(cookie_jar=jar) as session,
        session.get(address, headers=sent, allow_redirects=False) as answer,
    ):
        kept = {name: morsel.value for name, morsel in answer.cookies.items()}
        return Step(status=answer.status, address=answer.headers.get("Location", ""), cookies=kept)


async def choose(web: Web, began: Step, user_id: int = ALICE) -> str:
    """Choose who to be, at the issuer's; the address to which the browser is sent back."""
    form = {name: values[0] for name, values in began.query.items()} | {"user_id": str(user_id)}
    address = began.address.partition("?")[0]
    async with web.session.post(address, data=form, allow_redirects=False) as answer:
        return answer.headers["Location"]


async def test_who_says_yes_to_telegram_is_signed_in_once(web: Web) -> None:
    assert (await web.ask("GET", METHODS)).body == {"telegram": True}
    began = await go(web, web.url + START)
    assert began.query["code_challenge_method"] == ["S256"]
    back = await choose(web, began)
    attempt = began.cookies[ATTEMPT_COOKIE]
    done = await go(web, back, **{ATTEMPT_COOKIE: attempt})
    assert (done.status, done.address) == (303, "/#live")
    cookie = f"{COOKIE}={done.cookies[COOKIE]}"
    assert (await web.ask("GET", "/api/v1/rules", Cookie=cookie)).status == 200
    assert await web.services.access.person(done.cookies[COOKIE]) == ALICE
    again = await go(web, back, **{ATTEMPT_COOKIE: attempt})
    assert again.address == "/signin?why=unproved"  # the code was used
    assert COOKIE not in again.cookies


async def test_a_link_with_the_code_of_somebody_else_signs_nobody_in(web: Web) -> None:
    theirs = await choose(web, await go(web, web.url + START))
    mine = await go(web, web.url + START)
    for cookies in ({}, {ATTEMPT_COOKIE: mine.cookies[ATTEMPT_COOKIE]}):
        lured = await go(web, theirs, **cookies)
        assert lured.address == "/signin?why=old"
        assert COOKIE not in lured.cookies


async def test_who_says_no_is_not_signed_in(web: Web) -> None:
    began = await go(web, web.url + START)
    declined = await go(web, await choose(web, began, 0), **began.cookies)
    assert declined.address == "/signin?why=declined"


async def test_a_code_of_another_sign_in_is_worth_nothing(web: Web) -> None:
    first, second = [await go(web, web.url + START) for _ in range(2)]
    code = parse_qs(urlsplit(await choose(web, first)).query)["code"][0]
    state = second.query["state"][0]
    swapped = await go(web, f"{web.url}{BACK}?code={code}&state={state}", **second.cookies)
    assert swapped.address == "/signin?why=unproved"


async def test_while_telegram_is_away_nothing_breaks(web: Web, telegram: SandboxTelegram) -> None:
    await telegram.stop()
    assert (await go(web, web.url + START)).address == "/signin?why=away"
