"""What a process keeps is bounded in bytes and in time; Redis keeps only what its lease allows."""

from collections.abc import AsyncIterator

import msgspec
import pytest

from storage.cache_tiers import ENTRY_BYTES, Encoded, LocalTier, SharedTier, version_of
from storage.keys import CacheName
from storage.redis import open_redis

NAME = CacheName.TOKENS


def test_other_words_about_a_type_leave_its_values_readable_and_other_fields_do_not() -> None:
    def type_of(words: str, *fields: tuple[str, type]) -> type:
        return msgspec.defstruct("Fact", fields, namespace={"__doc__": words})

    described = ("description", str)
    version = version_of(type_of("A fact.", described))
    assert version == version_of(type_of('What is known: `{"description": "blue"}`.', described))
    assert version != version_of(type_of("A fact.", described, ("size", int)))
    assert version != version_of(type_of("A fact.", ("description", int)))
    assert version != version_of(type_of("A fact."))


def test_the_longest_unused_go_when_a_process_keeps_too_many_bytes() -> None:
    tier: LocalTier[int] = LocalTier(limit=2 * (100 + ENTRY_BYTES))
    for number, key in enumerate("abc"):
        tier.keep(key, number, size=100, seconds=60)
        assert tier.find("a") is not None
    assert [key for key in "abc" if tier.find(key) is not None] == ["a", "c"]


def test_a_value_of_more_bytes_than_all_may_have_is_not_kept() -> None:
    tier: LocalTier[int] = LocalTier(limit=500)
    tier.keep("a", 1, size=600, seconds=60)
    assert tier.find("a") is None


def test_a_value_is_kept_for_its_time_and_not_at_all_for_none() -> None:
    tier: LocalTier[int] = LocalTier()
    tier.keep("a", 1, size=1, seconds=0)
    tier.keep("b", 1, size=1, seconds=1e-9)
    assert tier.find("a") is None
    assert tier.find("b") is None


@pytest.fixture
async def shared(valkey_url: str) -> AsyncIterator[SharedTier]:
    client = open_redis(valkey_url, text=False)
    yield SharedTier(client)
    await client.aclose()


@pytest.mark.services
async def test_only_the_first_who_missed_a_value_stores_it(shared: SharedTier) -> None:
    assert await shared.find_or_lease(NAME, ["k"], b"first") == [None]
    assert await shared.find_or_lease(NAME, ["k"], b"second") == [None]
    await shared.fill(NAME, {"k": Encoded(b"2", 60)}, b"second")
    assert await shared.read(NAME, ["k"]) == [None]
    await shared.fill(NAME, {"k": Encoded(b"1", 60)}, b"first")
    assert await shared.read(NAME, ["k"]) == [b"1"]


@pytest.mark.services
async def test_a_lease_ends_with_the_change_that_it_did_not_see(shared: SharedTier) -> None:
    await shared.find_or_lease(NAME, ["k", "other"], b"lease")
    await shared.forget(NAME, ["k"], b"note")
    await shared.fill(NAME, {"k": Encoded(b"old", 60), "other": Encoded(b"1", 60)}, b"lease")
    assert await shared.read(NAME, ["k", "other"]) == [None, b"1"]
