from dataclasses import replace
from datetime import UTC, datetime, timedelta

from domain.jobs import Queue
from domain.people import AuditEntry, AuditOutcome, PersonFile
from domain.rules.tiers import Tier
from domain.snapshot import Failure, QueueState
from messaging.telegram.escaping import plain
from messaging.telegram.texts import queues

FREE = Tier(name="free", watches=5, alerts_an_hour=1, history_days=30, api_keys=1, campaigns=2, webhooks=1)


def state(*, waiting: int = 0, failed: int = 0, workers: int = 1) -> QueueState:
    return QueueState(
        queue=Queue.NOTIFICATIONS,
        waiting=waiting,
        oldest_seconds=90.0,
        running=0,
        failed=failed,
        workers=workers,
    )


def test_the_light_of_a_queue_is_red_without_workers_and_yellow_with_failures() -> None:
    lights = [
        queues.queues_text([one], due=0, oldest_seconds=0, dead=0).splitlines()[1][0]
        for one in (state(), state(failed=1), state(workers=0, failed=1))
    ]
    assert lights == ["🟢", "🟡", "🔴"]


def test_the_age_of_the_oldest_stands_only_where_something_waits() -> None:
    assert "the oldest" not in queues.queues_text([state()], due=0, oldest_seconds=0, dead=0).splitlines()[1]
    assert "5 queued, the oldest" in queues.queues_text([state(waiting=5)], due=0, oldest_seconds=0, dead=0)


def test_each_queue_says_what_waits_runs_was_done_and_failed() -> None:
    one = replace(state(waiting=5, failed=3), running=2, done=1_200)
    line = plain(queues.queues_text([one], due=0, oldest_seconds=0, dead=0)).splitlines()[1]
    assert line.endswith("2 running · 1,200 done in 24 h · 3 failed · 1 worker")


def test_causes_are_numbered_and_harmless() -> None:
    failure = Failure(key="k", queue=None, cause="<b>bad", number=1_500)
    text = queues.failures_text([failure])
    assert "1. messages: &lt;b&gt;bad × 1,500" in text
    assert "Nothing has failed" in queues.failures_text([])


def test_what_became_of_the_failed_says_only_what_happened() -> None:
    assert queues.retried_text(done=3, expired=0, refused=0, left=0) == "♻️ Retried: 3"
    assert len(queues.retried_text(done=3, expired=1, refused=1, left=1).splitlines()) == 4


def test_requests_that_were_given_up_are_shown_if_there_are_any() -> None:
    none, three = (
        queues.queues_text([], due=0, oldest_seconds=0.0, dead=0, updates_given_up=number)
        for number in (0, 3)
    )
    assert "requests" not in none
    assert three.endswith("🔴 requests given up in 24 h: 3")


WHEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def act(about: str = "", name: str = "Alice", at: datetime = WHEN) -> AuditEntry:
    return AuditEntry(
        actor_id=7,
        chat_id=7,
        act="broadcast",
        outcome=AuditOutcome.DONE,
        about=about,
        at=at,
        actor_name=name,
    )


def test_an_act_is_shown_whole_to_the_second_with_who_did_it() -> None:
    sentence = "We move to another server tonight " * 20
    lines = plain(queues.audit_text([act(sentence), act(name="Bob", at=WHEN - timedelta(days=3))], WHEN))
    assert f"✅ 03:04:05 UTC Alice 7 broadcast: {sentence.strip()}" in lines
    assert "✅ 2025-12-30 03:04:05 UTC Bob 7 broadcast" in lines


def test_an_id_of_an_act_can_be_copied_and_what_strangers_wrote_is_made_harmless() -> None:
    done = replace(act(), act="tier 500000001")
    assert plain(queues.audit_text([done], WHEN)).endswith("Alice 7 tier 500000001")
    refused = replace(done, act="tier evil.example", outcome=AuditOutcome.REFUSED)
    assert "evil.example" not in queues.audit_text([refused], WHEN)


def test_an_audit_log_of_many_long_acts_fits_in_a_message_and_shows_the_newest() -> None:
    text = queues.audit_text([act(f"{number} {'x' * 900}") for number in range(20)], WHEN)
    assert len(plain(text)) < 4_000
    assert "broadcast: 0 x" in text
    assert "broadcast: 19 x" not in text
    assert queues.audit_text([], WHEN).endswith("empty")


def test_a_person_seen_today_has_a_time_without_a_date() -> None:
    person = PersonFile(
        chat_id=1,
        kind="private",
        title="Bob",
        created_at=WHEN - timedelta(days=40),
        tier="free",
        watches=0,
        sent_of_day=0,
        waiting=0,
        updates_of_day=1,
        last_update_at=WHEN,
        closed_reason=None,
        closed_at=None,
    )
    assert "30 days of history, 1 API key, 2 paper campaigns, 1 webhook)" in queues.person_text(
        person, tier=FREE, ban_reason=None, now=WHEN
    )
    text = plain(
        queues.person_text(person, tier=replace(FREE, alerts_an_hour=None), ban_reason=None, now=WHEN)
    )
    assert "Known since 2025-11-23 03:04 UTC" in text
    assert "last 03:04 UTC" in text
