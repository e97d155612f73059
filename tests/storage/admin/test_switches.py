"""Commands are off until a time, and on again after it."""

import pytest

from storage.admin.switches import commands_off, switch_off, switch_on
from storage.postgres import Database

pytestmark = pytest.mark.services


async def test_a_command_is_off_once_and_until_the_latest_word(database: Database) -> None:
    first = await switch_off(database, "scan", seconds=60, operator=1)
    second = await switch_off(database, "scan", seconds=600, operator=2)
    assert second > first
    assert await commands_off(database) == {"scan": second}
    assert await switch_on(database, "scan")
    assert not await switch_on(database, "scan")
    assert await commands_off(database) == {}


async def test_a_time_that_has_passed_is_none(database: Database) -> None:
    await switch_off(database, "scan", seconds=-1, operator=1)
    assert await commands_off(database) == {}
