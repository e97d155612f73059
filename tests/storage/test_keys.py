"""Redis keys differ from each other, and all begin alike."""

from storage import keys


def test_every_key_and_channel_begins_with_the_name_of_the_product() -> None:
    made = [
        keys.session(1, 2),
        keys.cached(keys.CacheName.TOKENS, "a"),
        keys.cache_lease(keys.CacheName.TOKENS, "a"),
        keys.limit("bot"),
        keys.pause("bot"),
        keys.batches("x1", 3),
    ]
    channels = [keys.ALERTS_CHANNEL, keys.DELIVERIES_CHANNEL, keys.WATCHES_CHANNEL, keys.CACHES_CHANNEL]
    assert all(key.startswith("whale:") for key in (*made, *channels))
    assert len({*made, *channels}) == len(made) + len(channels)


def test_keys_of_different_things_differ() -> None:
    assert keys.session(1, 2) != keys.session(2, 1)
    assert keys.batches("x1", 3) != keys.batches("solana", 3)
