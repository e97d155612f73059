"""The audit log as the bot writes and reads it."""

import pytest

from bot.services.audit import AuditLog
from domain.audit import Act, AuditOutcome
from storage.postgres import Database

pytestmark = pytest.mark.services


async def test_the_latest_acts_come_first_of_one_person_or_of_all(database: Database) -> None:
    audit = AuditLog(database=database)
    await audit.note(Act(update_id=1, actor_id=1, chat_id=1, act="ban", about="5: spam"))
    refused = Act(update_id=2, actor_id=2, chat_id=2, act="stats", outcome=AuditOutcome.REFUSED)
    await audit.note(refused)
    everything = await audit.latest(actor_id=None, limit=10)
    assert [(one.act, one.outcome, one.about) for one in everything] == [
        ("stats", AuditOutcome.REFUSED, ""),
        ("ban", AuditOutcome.DONE, "5: spam"),
    ]
    assert [one.act for one in await audit.latest(actor_id=1, limit=10)] == ["ban"]
    assert len(await audit.latest(actor_id=None, limit=1)) == 1
