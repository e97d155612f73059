"""A week is rehearsed with the patterns that a chat has set."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from domain.activity.activity import SOL, Activity, Kind, Leg
from domain.activity.prices import MarketFacts
from domain.patterns.found import Pattern, PatternSettings
from domain.rules.pattern_rehearsal import rehearse_patterns
from domain.rules.rehearsal import PastEvent

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def bought(wallet: str, minute: int) -> PastEvent:
    activity = Activity(
        chain="solana",
        signature=f"{wallet}-{minute}",
        slot=minute,
        block_time=None,
        wallet=wallet,
        kind=Kind.BUY,
        paid=(Leg(mint=SOL, raw=5, decimals=9),),
        received=(Leg(mint="WIF", raw=5, decimals=6),),
    )
    return PastEvent(
        watch_id=1,
        activity=activity,
        market=MarketFacts(usd=Decimal(500)),
        happened_at=NOW + timedelta(minutes=minute),
        is_spam=False,
    )


def test_what_would_have_come_is_counted_by_pattern_in_whatever_order() -> None:
    events = [bought("c", 20), bought("a", 0), bought("b", 10), *(bought("a", 30 + n) for n in range(4))]
    found = rehearse_patterns(PatternSettings(), events, stored={})
    assert found == {Pattern.CONFLUENCE: 1, Pattern.ACCUMULATION: 1}
    assert rehearse_patterns(PatternSettings(owners=4), events, stored={}) == {Pattern.ACCUMULATION: 1}
    assert rehearse_patterns(PatternSettings(), [], stored={}) == {}


def test_who_is_muted_by_a_tag_counts_with_others_alone() -> None:
    events = [bought("c", 20), bought("a", 0), bought("b", 10), *(bought("a", 30 + n) for n in range(4))]
    assert rehearse_patterns(PatternSettings(), events, stored={}, silent={"a"}) == {Pattern.CONFLUENCE: 1}


def test_what_was_found_of_sleepers_and_moves_counts_unless_it_is_off() -> None:
    stored = {Pattern.AWAKENING: 2, Pattern.MOVE: 1}
    assert rehearse_patterns(PatternSettings(), [], stored=stored) == stored
    off = PatternSettings(off=frozenset({Pattern.MOVE}))
    events = [bought("a", number) for number in range(5)]
    found = rehearse_patterns(off, events, stored=stored)
    assert found == {Pattern.AWAKENING: 2, Pattern.ACCUMULATION: 1}


def test_wallets_that_are_known_to_be_one_owners_meet_nobody() -> None:
    events = [bought("c", 20), bought("a", 0), bought("b", 10)]
    owners = {"a": ("a", "funder"), "b": ("a", "funder"), "c": ("c", None)}
    assert rehearse_patterns(PatternSettings(), events, stored={}, owner_of=lambda _: owners) == {}
