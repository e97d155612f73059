"""Each endpoint, asked by everybody who may not: by the table, so that none is left out."""

import re
from collections.abc import Iterator

import pytest

from domain.access import Scope, Standing
from domain.chats import Chat, ChatKind
from storage.chats.chats import saw_chat
from tests.storage.sample_data import ALICE, BOB
from tests.web.conftest import GROUP, OPERATOR, Answer, Web
from web.api.endpoint import Endpoint
from web.api.table import ENDPOINTS, PREFIX

pytestmark = pytest.mark.services


def written(path: str) -> str:
    """With something in place of each parameter."""
    return re.sub(r"\{\w+\}", "1", path)


def with_scope(*scopes: Scope) -> Iterator[Endpoint]:
    return (one for one in ENDPOINTS if one.scope in scopes)


async def asked(web: Web, one: Endpoint, *, key: str = "", chat: int = 0, **headers: str) -> Answer:
    """Without anything that could be understood: who may not ask hears no more than that."""
    query = f"?chat={chat}" if chat else ""
    return await web.ask(one.method, f"{PREFIX}{written(one.path)}{query}", key=key, **headers)


async def test_nobody_asks_without_a_key_or_a_session(web: Web) -> None:
    assert {(await asked(web, one)).status for one in ENDPOINTS} == {401}


@pytest.mark.parametrize("has", [*Scope])
async def test_a_key_asks_for_nothing_beyond_its_scope(web: Web, has: Scope) -> None:
    key = await web.key(OPERATOR, has)
    for one in with_scope(*(scope for scope in Scope if scope is not has)):
        answer = await asked(web, one, key=key)
        assert (one.path, answer.status, answer.body["detail"]) == (
            one.path,
            403,
            f"This key has no scope {one.scope.value}.",
        )


async def test_whoever_is_no_operator_asks_for_nothing_of_theirs(web: Web) -> None:
    cookie = await web.sign_in(BOB)
    for one in with_scope(Scope.ADMIN):
        answer = await asked(web, one, Cookie=cookie, Origin=web.url)
        assert (one.path, answer.status) == (one.path, 403)
    acts = await web.connections.database.fetchval("SELECT count(*) FROM audit_log WHERE outcome = 'refused'")
    assert acts == len([*with_scope(Scope.ADMIN)])


@pytest.mark.parametrize("standing", [Standing.NONE, Standing.MEMBER])
async def test_whoever_is_no_admin_of_a_group_changes_nothing_there_and_strangers_read_nothing(
    web: Web, standing: Standing
) -> None:
    await saw_chat(web.connections.database, Chat(chat_id=GROUP, kind=ChatKind.SUPERGROUP, title="group"))
    web.standings[GROUP, ALICE] = standing
    cookie = await web.sign_in(ALICE)
    refused = (Scope.WRITE,) if standing is Standing.MEMBER else (Scope.READ, Scope.WRITE)
    for one in with_scope(*refused):
        answer = await asked(web, one, chat=GROUP, Cookie=cookie, Origin=web.url)
        assert (one.path, answer.status) == (one.path, 403)


async def test_no_page_of_others_changes_anything_for_whoever_is_signed_in(web: Web) -> None:
    cookie = await web.sign_in(OPERATOR)
    for one in ENDPOINTS:
        if one.changes:
            for origin in ("https://evil.example", "null", ""):
                answer = await asked(web, one, Cookie=cookie, Origin=origin)
                assert (one.path, answer.status) == (one.path, 403)


async def test_what_a_banned_person_was_given_opens_nothing(web: Web) -> None:
    key, cookie = await web.key(BOB, Scope.READ, Scope.WRITE), await web.sign_in(BOB)
    await web.services.people.ban(BOB, "spam", by=OPERATOR)
    for one in ENDPOINTS:
        answers = (
            await asked(web, one, key=key),
            await asked(web, one, Cookie=cookie, Origin=web.url),
        )
        statuses = {answer.status for answer in answers}
        assert (one.path, statuses) == (one.path, {401})


async def test_nobody_hears_the_feed_of_a_chat_without_being_in_it(web: Web) -> None:
    await saw_chat(web.connections.database, Chat(chat_id=GROUP, kind=ChatKind.SUPERGROUP, title="group"))
    assert (await web.ask("GET", f"{PREFIX}/feed?chat={GROUP}")).status == 401
    refused = await web.ask("GET", f"{PREFIX}/feed?chat={GROUP}", Cookie=await web.sign_in(ALICE))
    assert refused.status == 403
