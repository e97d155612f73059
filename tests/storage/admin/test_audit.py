"""The audit log keeps what was done and what was refused."""

import pytest

from domain.audit import AuditOutcome
from storage.admin.audit import note_act
from storage.postgres import Database

pytestmark = pytest.mark.services


async def test_a_refused_act_is_kept(database: Database) -> None:
    await note_act(database, actor_id=666, chat_id=5, act="/stats", outcome=AuditOutcome.REFUSED)
    row = await database.fetchrow("SELECT actor_id, act, outcome FROM audit_log")
    assert row is not None
    assert tuple(row) == (666, "/stats", "refused")
