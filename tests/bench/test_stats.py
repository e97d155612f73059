"""The benchmark of /stats fills a database and reads its figures; at full size by `python -m bench stats`."""

import pytest

from bench.stats import measure

pytestmark = pytest.mark.services


def test_a_small_one_is_filled_and_read() -> None:
    figures = measure(chats=1_000, deliveries=20_000)
    assert figures["deliveries"] == 20_000
    assert figures["read_p50_ms"] < 100
