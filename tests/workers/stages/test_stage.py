"""What stages share."""

import pytest

from workers.stages.stage import Dispatch, call_nobody

pytestmark = pytest.mark.services


async def test_where_there_are_no_senders_nobody_hears_the_call() -> None:
    assert await call_nobody() == 0


async def test_at_first_nothing_is_due_and_nothing_is_coalesced(dispatch: Dispatch) -> None:
    assert not dispatch.due.is_set()
    assert dispatch.config.coalesce_seconds == 0
