"""Who asks, in which chats they are, and how the chat stands."""

import pytest

from domain.access import Scope, Standing
from domain.chats import Chat, ChatKind
from storage.chats.chats import saw_chat
from tests.storage.sample_data import ALICE, follow
from tests.web.conftest import GROUP, OPERATOR, Web

pytestmark = pytest.mark.services


async def test_who_asks_reads_for_which_chat_and_what_they_may(web: Web) -> None:
    key = await web.key(ALICE, Scope.READ)
    who = {"user_id": str(ALICE), "chat_id": str(ALICE), "scopes": ["read"], "is_operator": False}
    assert await web.get("/whoami", key) == who
    assert (await web.get("/whoami", await web.key(OPERATOR, Scope.READ, Scope.ADMIN)))["is_operator"]
    assert not (await web.get("/whoami", await web.key(OPERATOR, Scope.READ)))["is_operator"]


async def test_chats_are_those_where_the_person_was_seen_and_is_now(web: Web) -> None:
    database, key = web.connections.database, await web.key(ALICE)
    for chat_id, title in ((GROUP, "Club"), (GROUP - 1, "Left"), (GROUP - 2, "Never there")):
        await saw_chat(database, Chat(chat_id=chat_id, kind=ChatKind.SUPERGROUP, title=title))
    for chat_id in (GROUP, GROUP - 1):
        await database.execute(
            "INSERT INTO api_keys (key_hash, prefix, owner_id, chat_id, name, scopes)"
            " VALUES (sha256($1::text::bytea), 'ww_', $2, $3, 'x', '{read}')",
            str(chat_id),
            ALICE,
            chat_id,
        )
    web.standings[GROUP, ALICE] = Standing.MEMBER
    web.standings[GROUP - 2, ALICE] = Standing.ADMIN
    club = {"chat_id": str(GROUP), "kind": "supergroup", "title": "Club", "may_change": False}
    assert (await web.get("/chats", key))["data"] == [club]


async def test_status_shows_what_is_known_and_what_is_used(web: Web) -> None:
    await follow(web.connections.database, ALICE, label="Moby")
    found = await web.get("/status", await web.key(ALICE))
    assert (found["slot"], found["latency_p50_seconds"], found["closed_reason"]) == (None, None, None)
    limits = found["limits"]
    assert (limits["tier"], limits["watches"], limits["watches_limit"]) == ("free", 1, 500)
    assert (limits["alerts_this_hour"], limits["alerts_an_hour"]) == (0, 300)


async def test_somebody_whom_the_bot_has_never_met_sees_an_empty_page(web: Web) -> None:
    session = await web.sign_in(777)
    for path in (
        "whoami",
        "chats",
        "status",
        "rules",
        "wallets",
        "watches",
        "alerts",
        "whale-searches/whales",
    ):
        answer = await web.ask("GET", f"/api/v1/{path}", Cookie=session)
        assert answer.status == 200, path
