"""Membership: who shares the wallets of a chain."""

import pytest

from storage.coordination.membership import (
    MemberRole,
    count_members,
    leave_membership,
    membership_heartbeat,
)
from storage.postgres import Database
from tests.storage.sample_data import CHAIN

pytestmark = [pytest.mark.services, pytest.mark.parametrize("role", MemberRole)]


async def beat(database: Database, role: MemberRole, name: str) -> frozenset[str]:
    return await membership_heartbeat(database, chain=CHAIN, role=role, instance_id=name, seconds=6)


async def count(database: Database, role: MemberRole) -> int:
    return await count_members(database, chain=CHAIN, role=role, seconds=6)


async def test_each_heartbeat_returns_every_member(database: Database, role: MemberRole) -> None:
    assert await beat(database, role, "a") == {"a"}
    assert await beat(database, role, "b") == {"a", "b"}
    assert await count(database, role) == 2
    await leave_membership(database, chain=CHAIN, role=role, instance_id="a")
    assert await beat(database, role, "b") == {"b"}
    assert await count(database, role) == 1


async def test_a_member_that_is_silent_for_too_long_is_out_until_its_next_heartbeat(
    database: Database, role: MemberRole
) -> None:
    await beat(database, role, "a")
    await database.execute("UPDATE members SET beat_at = now() - interval '7 seconds'")
    assert await count(database, role) == 0
    assert await beat(database, role, "b") == {"b"}
    assert await beat(database, role, "a") == {"a", "b"}


async def test_roles_and_chains_have_members_of_their_own(database: Database, role: MemberRole) -> None:
    await beat(database, role, "a")
    for other in set(MemberRole) - {role}:
        assert await beat(database, other, "b") == {"b"}
    assert await membership_heartbeat(database, chain="elsewhere", role=role, instance_id="c", seconds=6) == {
        "c"
    }
    assert await count(database, role) == 1


async def test_leaving_deletes_members_that_were_silent_for_an_hour(
    database: Database, role: MemberRole
) -> None:
    await beat(database, role, "killed")
    await database.execute("UPDATE members SET beat_at = now() - interval '61 minutes'")
    await beat(database, role, "a")
    await leave_membership(database, chain=CHAIN, role=role, instance_id="a")
    assert await database.fetchval("SELECT count(*) FROM members") == 0
