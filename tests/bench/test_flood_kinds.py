"""Newcomers by the dozen, in small: whoever was there before is answered as if they were not."""

import pytest

from bench.flood_kinds import KINDS, play

pytestmark = [pytest.mark.services, pytest.mark.e2e, pytest.mark.measures]


async def test_a_flood_of_new_accounts_holds_up_nobody_who_was_there_before() -> None:
    found = await play("new_accounts", 8.0)
    assert found["updates"] > 100
    assert found["replies"] > 20
    assert (found["missing"], found["failed"]) == (0, 0)
    assert found["reply_p99_seconds"] < 4.0  # the bench measures 1 s, on a machine that does nothing else


def test_each_kind_has_a_name_for_its_figures() -> None:
    assert all(name.isidentifier() for name in KINDS)
