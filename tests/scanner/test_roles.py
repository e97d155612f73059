"""Roles: who watches what, as scanners come, go and stand still."""

import pytest

from domain.sharding import ALL_BUCKETS
from runtime.clock import monotonic as clock
from scanner import roles as roles_module
from scanner.roles import UNASSIGNED, ActiveActive, Assignment, Leader, Seat, Sharded, role_for
from storage.postgres import Database
from tests.scanner.world import CHAIN

pytestmark = pytest.mark.services


def seat(database: Database, name: str, heard: list[Assignment] | None = None) -> Seat:
    duties = heard if heard is not None else []
    return Seat(database=database, chain=CHAIN, instance_id=name, changed=duties.append)


@pytest.mark.parametrize(
    ("mode", "kind"), [("sharded", Sharded), ("leader", Leader), ("active-active", ActiveActive)]
)
def test_the_mode_names_the_role(database: Database, mode: str, kind: type) -> None:
    role = role_for(mode, seat(database, "a"))
    assert isinstance(role, kind)
    assert role.name == mode


async def test_one_scanner_alone_owns_everything(database: Database) -> None:
    heard: list[Assignment] = []
    alone = Sharded(seat(database, "a", heard))
    assert alone.assignment == UNASSIGNED
    await alone.look()
    await alone.look()
    assert heard == [Assignment(buckets=ALL_BUCKETS)]


async def test_a_newcomer_takes_its_share_and_the_other_lets_go_a_while_later(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1_000.0
    monkeypatch.setattr(roles_module, "monotonic", lambda: now)
    first, second = Sharded(seat(database, "a")), Sharded(seat(database, "b"))
    await first.look()
    await second.look()
    share = second.assignment.buckets
    assert share is not None
    assert 64 < len(share) < 192
    await first.look()
    assert first.assignment.buckets == ALL_BUCKETS
    now += roles_module.HANDOVER_SECONDS + 0.1
    await first.look()
    assert first.assignment.buckets == ALL_BUCKETS - share


async def test_what_a_leaver_had_is_taken_over_at_the_next_roll_call(database: Database) -> None:
    first, second = Sharded(seat(database, "a")), Sharded(seat(database, "b"))
    await first.look()
    await second.look()
    await first.leave()
    await second.look()
    assert second.assignment.buckets == ALL_BUCKETS


async def test_one_leads_and_the_next_takes_over_with_a_higher_epoch(database: Database) -> None:
    first, second = Leader(seat(database, "a")), Leader(seat(database, "b"))
    await first.look()
    await second.look()
    assert first.assignment.fence is not None
    assert second.assignment == UNASSIGNED
    await first.leave()
    await second.look()
    await first.look()
    assert second.assignment.fence is not None
    assert second.assignment.fence.epoch == 2
    assert first.assignment == UNASSIGNED


async def test_a_leader_that_was_fenced_stands_by_until_the_lease_is_free(database: Database) -> None:
    leader = Leader(seat(database, "a"))
    await leader.look()
    leader.fenced()
    assert leader.assignment == UNASSIGNED
    await leader.look()
    assert leader.assignment.fence is not None


async def test_a_leader_that_cannot_renew_stands_by_when_its_lease_has_ended(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    leader = Leader(seat(database, "a"))
    await leader.look()
    leader._doubt()
    assert leader.assignment != UNASSIGNED
    now = clock() + roles_module.LEASE_SECONDS
    monkeypatch.setattr(roles_module, "monotonic", lambda: now)
    leader._doubt()
    assert leader.assignment == UNASSIGNED
