"""What a chat has set for all decides about an event of a token."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.rules.chat_decisions import decide_about_token, within_budget
from domain.rules.gates import Decision, Gate
from domain.rules.noise import NoiseDay
from domain.rules.rules import ChatSettings, Digest, Quiet, Watch

NOW = datetime(2026, 11, 28, 23, 30, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
WATCH = Watch(
    watch_id=1,
    chat_id=2,
    topic_id=0,
    chain="solana",
    wallet="mint",
    label="",
    created_at=NOW - timedelta(days=1),
)
NIGHT = Quiet(begin=23 * 60, end=7 * 60)


@pytest.mark.parametrize(
    ("settings", "gate"),
    [
        (ChatSettings(), Gate.WANTED),
        (ChatSettings(paused_until=LATER), Gate.PAUSED),
        (ChatSettings(paused_until=NOW), Gate.WANTED),
        (ChatSettings(muted_tokens={"mint": LATER}), Gate.TOKEN_MUTED),
        (ChatSettings(muted_tokens={"other": LATER}), Gate.WANTED),
        (ChatSettings(quiet=NIGHT), Gate.QUIET),
        (ChatSettings(digest=Digest.HOURLY), Gate.DIGEST),
        (ChatSettings(per_hour=0), Gate.HOUR_FULL),
    ],
)
def test_the_first_setting_that_says_no_decides(settings: ChatSettings, gate: Gate) -> None:
    assert decide_about_token(replace(WATCH, settings=settings), "mint", now=NOW).gate is gate


def test_a_closed_chat_gets_nothing_and_a_tier_defers() -> None:
    assert decide_about_token(replace(WATCH, chat_closed=True), "mint", now=NOW).gate is Gate.CHAT_CLOSED
    full = decide_about_token(replace(WATCH, hourly_limit=3, alerts_this_hour=3), "mint", now=NOW)
    assert full.gate is Gate.TIER_FULL
    assert full.due_at == datetime(2026, 11, 29, tzinfo=UTC)


def test_what_is_deferred_comes_when_the_quiet_hours_end() -> None:
    quiet = replace(WATCH, settings=ChatSettings(quiet=NIGHT))
    assert decide_about_token(quiet, "mint", now=NOW).due_at == datetime(2026, 11, 29, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    "settings", [ChatSettings(quiet=NIGHT), ChatSettings(digest=Digest.DAILY), ChatSettings(per_hour=0)]
)
def test_what_wakes_waits_for_no_hour(settings: ChatSettings) -> None:
    watch = replace(WATCH, settings=settings)
    assert decide_about_token(watch, "mint", now=NOW, wakes=True).gate is Gate.WANTED


@pytest.mark.parametrize(
    ("sent", "score", "gate"), [(0, 0.1, "wanted"), (15, 0.5, "budget"), (18, 1, "budget")]
)
def test_what_a_budget_has_no_room_for_waits_for_the_digest(sent: int, score: float, gate: str) -> None:
    noise = NoiseDay(sent=sent, elapsed=0.5, expected=10.0, scores=[0.9])
    budgeted = replace(WATCH, settings=ChatSettings(per_day=15), noise=noise)
    decision = decide_about_token(budgeted, "mint", now=NOW)
    judged = within_budget(budgeted, decision, score=score, now=NOW)
    assert (judged.gate, judged.surprise) == (gate, score)
    assert (judged.due_at is None) == judged.wanted
    assert within_budget(WATCH, decision, score=score, now=NOW) == decision, "it has none"
    closed = Decision(gate=Gate.CHAT_CLOSED)
    assert within_budget(budgeted, closed, score=score, now=NOW) == closed


def test_what_a_digest_defers_counts_with_its_score() -> None:
    noise = NoiseDay(sent=18, elapsed=0.5, expected=10.0, scores=[0.9])
    budgeted = replace(WATCH, settings=ChatSettings(per_day=15, quiet=NIGHT), noise=noise)
    decision = decide_about_token(budgeted, "mint", now=NOW)
    judged = within_budget(budgeted, decision, score=0.5, now=NOW)
    assert (judged.gate, judged.surprise, judged.bar) == (Gate.QUIET, 0.5, None)
