"""Addresses of Redis behind Sentinel."""

import pytest

from runtime.settings.loading import load_settings
from runtime.settings.parsing import redis_url
from runtime.settings.sentinel import SentinelAddress, sentinel_address


def test_an_address_names_sentinels_service_database_and_passwords() -> None:
    url = "rediss+sentinel://bot:p%40ss@one:26380,two,[::1]:5/my-master/3?sentinel_password=s%23"
    assert sentinel_address(url) == SentinelAddress(
        sentinels=(("one", 26380), ("two", 26379), ("::1", 5)),
        service="my-master",
        database=3,
        username="bot",
        password="p@ss",
        sentinel_password="s#",
        tls=True,
    )
    assert sentinel_address("redis+sentinel://:pw@one/whales") == SentinelAddress(
        sentinels=(("one", 26379),), service="whales", password="pw"
    )


@pytest.mark.parametrize(
    "wrong",
    [
        "redis+sentinel://one:26379",
        "redis+sentinel:///whales/0",
        "redis+sentinel://one:x/whales/0",
        "redis+sentinel://one:99999/whales/0",
        "redis+sentinel://one,,two/whales/0",
        "redis+sentinel://one:1/whales/zero",
        "redis+sentinel://one:1/wha les/0",
        "redis+sentinel://one:1/whales/0?sentinel_pasword=typo",
    ],
)
def test_what_is_no_address_is_refused_with_an_example(wrong: str) -> None:
    with pytest.raises(ValueError, match="like redis"):
        redis_url(wrong)


def test_settings_take_sentinels_for_queues_and_caches_and_keep_the_secret() -> None:
    url = "redis+sentinel://:hush@one:1,two:2/whales/0"
    settings = load_settings({"REDIS_URL": url})
    assert settings.cache_url.reveal() == url
    assert url in settings.secrets()
    assert "hush" not in str(settings.describe())
