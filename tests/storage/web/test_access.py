"""Tokens of one use, sessions and keys: only hashes are kept, and what is over opens nothing."""

import asyncio

import pytest

from domain.access import Scope, hash_of
from domain.chats import Chat, ChatKind, ChatTarget
from storage.admin.retention import apply_retention
from storage.chats.chats import saw_chat
from storage.chats.people import forget_chat
from storage.postgres import Database
from storage.web.access import (
    MAX_KEYS,
    NewKey,
    Proof,
    accept_proof,
    add_key,
    delete_key,
    end_session,
    key_of,
    keys_of,
    offer_sign_in,
    session_user,
    use_sign_in,
)
from tests.storage.sample_data import ALICE, BOB

pytestmark = pytest.mark.services


def key(number: int, owner: int = ALICE, days: int | None = None) -> NewKey:
    return NewKey(
        key_hash=hash_of(f"{owner}-{number}"),
        prefix="ww_abcdef",
        name="a key",
        owner_id=owner,
        target=ChatTarget(chat_id=owner, kind=ChatKind.PRIVATE),
        scopes=frozenset({Scope.READ}),
        days=days,
    )


async def known(database: Database, *people: int) -> None:
    for person in people:
        await saw_chat(database, Chat(chat_id=person, kind=ChatKind.PRIVATE, title="somebody"))


async def test_a_token_opens_one_session_however_often_it_comes_at_once(database: Database) -> None:
    await offer_sign_in(database, token_hash=hash_of("t"), user_id=ALICE, seconds=60)
    opened = await asyncio.gather(
        *(
            use_sign_in(database, token_hash=hash_of("t"), session_hash=hash_of(f"s{number}"), seconds=60)
            for number in range(5)
        )
    )
    assert sorted(opened, key=str) == [ALICE, None, None, None, None]


async def test_a_proof_opens_one_session(database: Database) -> None:
    proof = Proof(proof_hash=hash_of("p"), user_id=ALICE, seconds=60)
    assert await accept_proof(database, proof, session_hash=hash_of("a"), seconds=60) == ALICE
    assert await accept_proof(database, proof, session_hash=hash_of("b"), seconds=60) is None
    assert await session_user(database, hash_of("a")) == ALICE
    assert await session_user(database, hash_of("b")) is None


async def test_a_session_ends_when_it_is_ended(database: Database) -> None:
    await offer_sign_in(database, token_hash=hash_of("t"), user_id=ALICE, seconds=60)
    await use_sign_in(database, token_hash=hash_of("t"), session_hash=hash_of("s"), seconds=60)
    assert await end_session(database, hash_of("s"))
    assert not await end_session(database, hash_of("s"))
    assert await session_user(database, hash_of("s")) is None


async def test_nobody_makes_more_keys_than_one_may_have_even_at_once(database: Database) -> None:
    await known(database, ALICE)
    made = await asyncio.gather(*(add_key(database, key(number)) for number in range(MAX_KEYS + 5)))
    assert sum(one is not None for one in made) == MAX_KEYS
    assert len(await keys_of(database, ALICE)) == MAX_KEYS


async def test_a_lower_limit_holds_even_at_once_and_expired_keys_do_not_count(database: Database) -> None:
    await known(database, ALICE)
    await add_key(database, key(0, days=1))
    await database.execute("UPDATE api_keys SET expires_at = now()")
    made = await asyncio.gather(*(add_key(database, key(number), limit=3) for number in range(1, 9)))
    assert sum(one is not None for one in made) == 3


async def test_a_key_holds_until_it_expires_or_its_owner_deletes_it(database: Database) -> None:
    await known(database, ALICE)
    made = await add_key(database, key(1, days=1))
    assert made is not None
    found = await key_of(database, hash_of(f"{ALICE}-1"))
    assert found is not None
    assert (found.owner_id, found.scopes) == (ALICE, frozenset({Scope.READ}))
    assert not await delete_key(database, key_id=made.key_id, owner_id=BOB)
    await database.execute("UPDATE api_keys SET expires_at = now()")
    assert await key_of(database, hash_of(f"{ALICE}-1")) is None
    assert await delete_key(database, key_id=made.key_id, owner_id=ALICE)


async def test_who_asks_to_be_forgotten_leaves_no_key_and_no_session(database: Database) -> None:
    await known(database, ALICE, BOB)
    await add_key(database, key(1))
    await add_key(database, key(1, owner=BOB))
    await offer_sign_in(database, token_hash=hash_of("t"), user_id=ALICE, seconds=60)
    await use_sign_in(database, token_hash=hash_of("t"), session_hash=hash_of("s"), seconds=60)
    await forget_chat(database, ALICE)
    assert await keys_of(database, ALICE) == []
    assert await session_user(database, hash_of("s")) is None
    assert len(await keys_of(database, BOB)) == 1


async def test_what_is_over_is_swept(database: Database) -> None:
    await known(database, ALICE)
    await add_key(database, key(1, days=1))
    await offer_sign_in(database, token_hash=hash_of("t"), user_id=ALICE, seconds=60)
    await use_sign_in(database, token_hash=hash_of("t"), session_hash=hash_of("s"), seconds=60)
    for table in ("api_keys", "sign_in_tokens", "web_sessions"):
        await database.execute(f"UPDATE {table} SET expires_at = now() - interval '40 days'")
    swept = await apply_retention(database, days=90)
    assert (swept["sign-in tokens"], swept["web sessions"], swept["expired keys"]) == (1, 1, 1)
