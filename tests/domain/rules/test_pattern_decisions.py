"""Gates that patterns pass."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from domain.patterns.found import Owner, Pattern, PatternFound, PatternSettings
from domain.rules.gates import Gate
from domain.rules.noise import NoiseDay
from domain.rules.pattern_decisions import decide_about_pattern
from domain.rules.rules import ChatSettings, Quiet, Watch

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
WATCH = Watch(
    watch_id=1,
    chat_id=1,
    topic_id=0,
    chain="solana",
    wallet="a",
    label="",
    created_at=NOW - timedelta(days=1),
)


def gate(watch: Watch, pattern: Pattern = Pattern.AWAKENING, *, seen_at: datetime = NOW) -> Gate:
    event = PatternFound(
        chain="solana",
        pattern=pattern,
        mint="WIF",
        owners=(Owner(wallets=("a",), at=1.0),),
        first_at=1.0,
        last_at=1.0,
    )
    return decide_about_pattern(watch, event, seen_at=seen_at, now=NOW).gate


def test_a_pattern_comes_unless_the_chat_turned_it_off() -> None:
    assert gate(WATCH) is Gate.WANTED
    off = ChatSettings(patterns=PatternSettings(off=frozenset({Pattern.AWAKENING})))
    assert gate(replace(WATCH, settings=off)) is Gate.PATTERN_OFF
    assert gate(replace(WATCH, settings=off), Pattern.CONFLUENCE) is Gate.WANTED


def test_mutes_quiet_hours_and_the_time_before_following_count() -> None:
    assert gate(replace(WATCH, muted_until=NOW + timedelta(hours=1))) is Gate.MUTED
    tagged = replace(
        WATCH, tags=("bots",), settings=ChatSettings(muted_tags={"bots": NOW + timedelta(days=1)})
    )
    assert gate(tagged) is Gate.MUTED
    assert gate(WATCH, seen_at=NOW - timedelta(days=2)) is Gate.BEFORE_WATCH
    quiet = ChatSettings(quiet=Quiet(begin=0, end=1_439))
    assert gate(replace(WATCH, settings=quiet)) is Gate.QUIET
    muted = ChatSettings(muted_tokens={"WIF": NOW + timedelta(days=1)})
    assert gate(replace(WATCH, settings=muted)) is Gate.TOKEN_MUTED


def test_nothing_comes_of_a_banned_wallet_or_a_watch_that_pauses() -> None:
    assert gate(replace(WATCH, is_banned=True)) is Gate.WALLET_BANNED
    assert gate(replace(WATCH, over_limit=True)) is Gate.OVER_WATCH_LIMIT


def test_a_budget_counts_patterns_first_of_all_but_those_who_leave() -> None:
    scores = [number / 100 for number in range(100)]
    room = NoiseDay(sent=14, elapsed=0.5, expected=500.0, scores=scores)
    budgeted = replace(WATCH, settings=ChatSettings(per_day=15), noise=room)
    assert gate(budgeted) is Gate.WANTED, "of so many trades only the most surprising"
    full = replace(budgeted, noise=replace(room, sent=18))
    assert gate(full) is Gate.BUDGET
    assert gate(full, Pattern.LEAVING) is Gate.WANTED
    assert gate(replace(full, muted_until=NOW + timedelta(hours=1))) is Gate.MUTED
