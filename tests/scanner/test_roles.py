"""Roles: who watches what, as scanners come, go and stand still."""

import pytest

from domain.sharding import ALL_BUCKETS
from runtime.clock import monotonic as clock
from scanner import roles as roles_module
from scanner.membership import Instance
from scanner.roles import UNASSIGNED, ActiveActive, Assignment, Leader, Sharded, role_for
from storage.postgres import Database
from tests.scanner.world import CHAIN

pytestmark = pytest.mark.services


def instance(database: Database, name: str) -> Instance:
    return Instance(database=database, chain=CHAIN, instance_id=name)


def sharded(database: Database, name: str, assignments: list[Assignment] | None = None) -> Sharded:
    changes = assignments if assignments is not None else []
    return Sharded(instance(database, name), changes.append)


def leader_of(database: Database, name: str) -> Leader:
    return Leader(instance(database, name), list[Assignment]().append)


@pytest.mark.parametrize(
    ("mode", "kind"), [("sharded", Sharded), ("leader", Leader), ("active-active", ActiveActive)]
)
def test_the_mode_names_the_role(database: Database, mode: str, kind: type) -> None:
    role = role_for(mode, instance(database, "a"), list[Assignment]().append)
    assert isinstance(role, kind)
    assert role.name == mode


async def test_one_scanner_alone_owns_everything(database: Database) -> None:
    changes: list[Assignment] = []
    alone = sharded(database, "a", changes)
    assert alone.assignment == UNASSIGNED
    await alone.update()
    await alone.update()
    assert changes == [Assignment(buckets=ALL_BUCKETS)]


async def test_a_newcomer_takes_its_share_and_the_other_lets_go_a_while_later(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1_000.0
    monkeypatch.setattr(roles_module, "monotonic", lambda: now)
    first, second = sharded(database, "a"), sharded(database, "b")
    await first.update()
    await second.update()
    share = second.assignment.buckets
    assert share is not None
    assert 64 < len(share) < 192
    await first.update()
    assert first.assignment.buckets == ALL_BUCKETS
    now += roles_module.HANDOVER_SECONDS + 0.1
    await first.update()
    assert first.assignment.buckets == ALL_BUCKETS - share


async def test_what_a_leaver_had_is_taken_over_at_the_next_heartbeat(database: Database) -> None:
    first, second = sharded(database, "a"), sharded(database, "b")
    await first.update()
    await second.update()
    await first.leave()
    await second.update()
    assert second.assignment.buckets == ALL_BUCKETS


async def test_one_leads_and_the_next_takes_over_with_a_higher_epoch(database: Database) -> None:
    first, second = leader_of(database, "a"), leader_of(database, "b")
    await first.update()
    await second.update()
    assert first.assignment.fence is not None
    assert second.assignment == UNASSIGNED
    await first.leave()
    await second.update()
    await first.update()
    assert second.assignment.fence is not None
    assert second.assignment.fence.epoch == 2
    assert first.assignment == UNASSIGNED


async def test_a_leader_that_was_fenced_stands_by_until_the_lease_is_free(database: Database) -> None:
    leader = leader_of(database, "a")
    await leader.update()
    leader.fenced()
    assert leader.assignment == UNASSIGNED
    await leader.update()
    assert leader.assignment.fence is not None


async def test_a_leader_that_cannot_renew_stands_by_when_its_lease_has_ended(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    leader = leader_of(database, "a")
    await leader.update()
    leader._expire()
    assert leader.assignment != UNASSIGNED
    now = clock() + roles_module.LEASE_SECONDS
    monkeypatch.setattr(roles_module, "monotonic", lambda: now)
    leader._expire()
    assert leader.assignment == UNASSIGNED
