"""Who shares the wallets: by heartbeats, each role for itself."""

import pytest

from scanner.membership import Instance, Membership
from storage.coordination.instances import MemberRole
from storage.postgres import Database
from tests.scanner.world import CHAIN

pytestmark = pytest.mark.services


def member(database: Database, name: str, role: MemberRole = MemberRole.SCANNER) -> Membership:
    instance = Instance(database=database, chain=CHAIN, instance_id=name)
    return Membership(instance, role, silent_seconds=5.0)


async def test_members_see_each_other_until_one_leaves(database: Database) -> None:
    one, other = member(database, "a"), member(database, "b")
    assert await one.beat() == {"a"}
    assert await other.beat() == {"a", "b"}
    assert await one.beat() == one.members == {"a", "b"}
    await other.leave()
    assert await one.beat() == {"a"}


async def test_a_member_that_is_silent_is_out(database: Database) -> None:
    one, other = member(database, "a"), member(database, "b")
    await other.beat()
    await database.execute("UPDATE members SET beat_at = now() - interval '6 seconds'")
    assert await one.beat() == {"a"}


async def test_scanners_and_processors_do_not_share_with_each_other(database: Database) -> None:
    await member(database, "a").beat()
    assert await member(database, "b", MemberRole.PROCESSOR).beat() == {"b"}


async def test_who_leaves_while_the_database_is_away_leaves_all_the_same(database: Database) -> None:
    one = member(database, "a")
    await one.beat()
    await database.close()
    await one.leave()
