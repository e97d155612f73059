"""What every endpoint does alike: who may ask, what is refused and how, and what is asked twice."""

import asyncio

import pytest

from domain.access import Scope, Standing
from domain.chats import Chat, ChatKind
from storage.chats.chats import saw_chat
from tests.storage.sample_data import ALICE, BOB, MINT, WHALE
from tests.web.conftest import GROUP, OPERATOR, Web

pytestmark = pytest.mark.services
CHANNEL = -1_001_000_000_009


async def test_who_shows_no_key_is_refused(web: Web) -> None:
    answer = await web.ask("GET", "/api/v1/watches")
    assert answer.status == 401
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.body["status"] == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    wrong = await web.ask("GET", "/api/v1/watches", key="ww_" + "A" * 43)
    assert wrong.status == 401


async def test_a_key_does_no_more_than_its_scopes(web: Web) -> None:
    reader = await web.key(ALICE, Scope.READ)
    refused = await web.ask("POST", "/api/v1/watches", key=reader, body={"wallet": WHALE})
    assert (refused.status, refused.body["detail"]) == (403, "This key has no scope write.")
    writer = await web.key(ALICE)
    assert (await web.ask("POST", "/api/v1/watches", key=writer, body={"wallet": WHALE})).status == 201


async def test_a_key_does_no_more_than_its_owner_may_at_that_moment(web: Web) -> None:
    web.standings[GROUP, ALICE] = Standing.ADMIN
    key = await web.key(ALICE, Scope.READ, Scope.WRITE, chat_id=GROUP)
    assert (await web.ask("POST", "/api/v1/watches", key=key, body={"wallet": WHALE})).status == 201
    web.standings[GROUP, ALICE] = Standing.MEMBER
    await web.connections.standings.forget(f"{GROUP}:{ALICE}")
    assert (await web.ask("GET", "/api/v1/watches", key=key)).status == 200
    assert (await web.ask("POST", "/api/v1/watches", key=key, body={"wallet": MINT})).status == 403
    web.standings[GROUP, ALICE] = Standing.NONE
    await web.connections.standings.forget(f"{GROUP}:{ALICE}")
    assert (await web.ask("GET", "/api/v1/watches", key=key)).status == 403


async def test_who_reads_a_channel_does_not_read_what_its_owner_follows(web: Web) -> None:
    web.standings[CHANNEL, ALICE], web.standings[CHANNEL, BOB] = Standing.ADMIN, Standing.MEMBER
    chat = Chat(chat_id=CHANNEL, kind=ChatKind.CHANNEL, title="News")
    await saw_chat(web.connections.database, chat)
    for person, status in ((ALICE, 200), (BOB, 403)):
        cookie = await web.sign_in(person)
        answer = await web.ask("GET", f"/api/v1/watches?chat={CHANNEL}", Cookie=cookie)
        assert answer.status == status


async def test_operators_calls_are_for_operators(web: Web) -> None:
    key = await web.key(OPERATOR, Scope.ADMIN)
    assert (await web.ask("GET", "/api/v1/admin/overview", key=key)).status == 200
    assert (await web.ask("GET", "/api/v1/admin/overview", key=await web.key(BOB))).status == 403


async def test_what_a_banned_person_made_holds_no_more(web: Web) -> None:
    key, cookie = await web.key(BOB), await web.sign_in(BOB)
    await web.services.people.ban(BOB, "spam", by=OPERATOR)
    assert (await web.ask("GET", "/api/v1/watches", key=key)).status == 401
    assert (await web.ask("GET", "/api/v1/watches", Cookie=cookie)).status == 401


async def test_a_page_of_somebody_else_cannot_change_anything(web: Web) -> None:
    cookie = await web.sign_in()
    body = {"wallet": WHALE}
    for origin in ("https://evil.example", ""):
        refused = await web.ask("POST", "/api/v1/watches", body=body, Cookie=cookie, Origin=origin)
        assert refused.status == 403
    done = await web.ask("POST", "/api/v1/watches", body=body, Cookie=cookie, Origin=web.url)
    assert done.status == 201


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/watches", {"wallet": "not an address at all, but long enough"}),
        ("POST", "/watches", {"wallet": WHALE, "colour": "red"}),
        ("POST", "/watches", ["no object"]),
        ("PUT", "/rules", {"min_usd": "NaN"}),
        ("PUT", "/rules", {"min_usd": "-1"}),
        ("PUT", "/rules", {"min_usd": "1e400"}),
        ("PUT", "/rules", {"only_tokens": ["x"]}),
        ("PUT", "/rules", {"min_usdd": "6000"}),
        ("PUT", "/rules", {"min_percentile": 1000}),
        ("GET", "/tokens?symbol=%00", None),
        ("GET", f"/tokens/{MINT[:-1]}%00", None),
        ("GET", "/watches?limit=101", None),
        ("GET", "/watches?cursor=abc", None),
        ("GET", "/deliveries/abc", None),
        ("GET", f"/prices?mints={'x' * 3_000}", None),
        ("GET", f"/prices/{MINT}/candles?seconds=61", None),
    ],
)
async def test_what_cannot_be_used_is_refused_with_a_reason(
    web: Web, method: str, path: str, body: object
) -> None:
    answer = await web.ask(method, f"/api/v1{path}", key=await web.key(), body=body)
    assert answer.status == 422
    assert answer.body["detail"]


async def test_other_methods_and_paths_are_no_errors_of_ours(web: Web) -> None:
    key = await web.key()
    answer = await web.ask("DELETE", "/api/v1/rules", key=key)
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, PUT")
    assert (await web.ask("GET", "/api/v1/nothing", key=key)).status == 404


async def test_a_change_asked_for_twice_is_made_once(web: Web) -> None:
    key, name = await web.key(), {"Idempotency_Key": "one"}
    first = await web.ask("POST", "/api/v1/watches", key=key, body={"wallet": WHALE, "label": "Moby"}, **name)
    await web.ask("PATCH", f"/api/v1/watches/{first.body['watch_id']}", key=key, body={"label": "Dick"})
    again = await web.ask("POST", "/api/v1/watches", key=key, body={"wallet": WHALE, "label": "Moby"}, **name)
    assert (again.status, again.body) == (first.status, first.body)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (await web.get("/watches", key))["data"][0]["label"] == "Dick"
    other = await web.ask("POST", "/api/v1/watches", key=key, body={"wallet": MINT}, **name)
    assert other.status == 422


async def test_each_answer_says_how_much_is_left(web: Web) -> None:
    key = await web.key()
    asked = (web.ask("GET", "/api/v1/rules", key=key) for _ in range(40))
    one, *others = await asyncio.gather(*asked)
    assert one.headers["RateLimit-Policy"] == '"requests";q=1000;w=60'
    left = [int(answer.headers["RateLimit"].split("r=")[1].split(";")[0]) for answer in (one, *others)]
    assert min(left) < 990  # it grows again by seventeen a second
