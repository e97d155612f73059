"""Each gate, alone."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from domain.activity.activity import SOL, Activity, Kind
from domain.delivery.deliveries import DeliveryState, first_state
from domain.rules.decisions import (
    DUST_LAMPORTS,
    GATES,
    NO_FACTS,
    Case,
    Decision,
    Facts,
    Gate,
    GateResult,
    decide,
)
from domain.rules.quiet import end_of_quiet
from domain.rules.rules import (
    DEFAULT_SETTINGS,
    MAX_BUSY_ABOVE,
    NO_RULES,
    ChatSettings,
    Digest,
    Quiet,
    Rules,
    Watch,
)
from tests.domain.rules.samples import (
    ACTIVITIES,
    BOUGHT,
    FACTS,
    NOW,
    RULES,
    SETTINGS,
    SOLD,
    TOKEN,
    WATCH,
    activity,
)


def gate(watch: Watch, what: Activity, *, seen_at: datetime = NOW) -> Gate:
    return decide(watch, what, seen_at=seen_at, now=NOW).gate


def test_a_trade_is_wanted() -> None:
    assert gate(WATCH, activity(Kind.BUY)) is Gate.WANTED
    assert decide(WATCH, activity(Kind.BUY), seen_at=NOW, now=NOW).wanted


def test_a_closed_chat_hears_nothing() -> None:
    assert gate(replace(WATCH, chat_closed=True), activity(Kind.BUY)) is Gate.CHAT_CLOSED


def test_a_mute_ends_at_its_time() -> None:
    assert gate(replace(WATCH, muted_until=NOW + timedelta(seconds=1)), activity(Kind.BUY)) is Gate.MUTED
    assert gate(replace(WATCH, muted_until=NOW), activity(Kind.BUY)) is Gate.WANTED


def test_what_was_seen_before_the_watch_is_not_sent() -> None:
    early = WATCH.created_at - timedelta(seconds=1)
    assert gate(WATCH, activity(Kind.BUY), seen_at=early) is Gate.BEFORE_WATCH


@pytest.mark.parametrize(
    ("slot", "since", "expected"),
    [
        (7, 6, Gate.WANTED),
        (7, 7, Gate.BEFORE_WATCH),
        (7, 8, Gate.BEFORE_WATCH),
        (7, None, Gate.WANTED),
        (0, 8, Gate.WANTED),  # its slot is not known
    ],
)
def test_what_happened_before_the_watch_is_not_sent_however_late_it_is_found(
    slot: int, since: int | None, expected: Gate
) -> None:
    happened = structs.replace(activity(Kind.BUY), slot=slot)
    assert gate(replace(WATCH, since_slot=since), happened) is expected


def test_dust_is_not_sent_but_a_real_transfer_is() -> None:
    assert gate(WATCH, activity(Kind.TRANSFER_IN, lamports=DUST_LAMPORTS - 1)) is Gate.DUST
    assert gate(WATCH, activity(Kind.TRANSFER_IN, lamports=DUST_LAMPORTS)) is Gate.WANTED


def test_an_activity_of_kind_other_is_not_sent() -> None:
    assert gate(WATCH, activity(Kind.OTHER)) is Gate.KIND_OFF


def ruled(rules: Rules, settings: ChatSettings = DEFAULT_SETTINGS, **watch: int) -> Watch:
    return replace(WATCH, rules=rules, settings=settings, **watch)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rules", "name", "facts", "expected"),
    [
        (Rules(min_usd=Decimal(100)), "bought", Facts(usd=Decimal("99.99")), Gate.BELOW_MINIMUM),
        (Rules(min_usd=Decimal(100)), "bought", Facts(usd=Decimal(100)), Gate.WANTED),
        (Rules(min_usd=Decimal(0)), "bought", Facts(usd=Decimal(0)), Gate.WANTED),
        (Rules(max_usd=Decimal(100)), "bought", Facts(usd=Decimal("100.01")), Gate.ABOVE_MAXIMUM),
        (Rules(max_usd=Decimal(100)), "bought", Facts(usd=Decimal(100)), Gate.WANTED),
        (Rules(max_usd=Decimal(0)), "bought", Facts(usd=Decimal(10**9)), Gate.WANTED),
        (Rules(kinds_off=frozenset({Kind.BUY})), "bought", NO_FACTS, Gate.KIND_OFF),
        (Rules(kinds_off=frozenset({Kind.BUY})), "sold", NO_FACTS, Gate.WANTED),
        (Rules(first_buy_only=True), "bought", Facts(first_buy=False), Gate.NOT_FIRST_BUY),
        (Rules(first_buy_only=True), "bought", Facts(first_buy=True), Gate.WANTED),
        (Rules(first_buy_only=True), "sold", Facts(first_buy=False), Gate.WANTED),
        (Rules(full_exit_only=True), "sold", Facts(full_exit=False), Gate.NOT_FULL_EXIT),
        (Rules(full_exit_only=True), "sold", Facts(full_exit=True), Gate.WANTED),
        (Rules(full_exit_only=True), "bought", Facts(full_exit=False), Gate.WANTED),
        (Rules(only_tokens=frozenset({"other"})), "bought", NO_FACTS, Gate.TOKEN_NOT_LISTED),
        (Rules(only_tokens=frozenset({TOKEN})), "sold", NO_FACTS, Gate.WANTED),
        (Rules(only_tokens=frozenset()), "sold", NO_FACTS, Gate.WANTED),
        (Rules(only_tokens=frozenset({SOL})), "got", NO_FACTS, Gate.WANTED),
        (Rules(only_tokens=frozenset({SOL})), "bought", NO_FACTS, Gate.TOKEN_NOT_LISTED),
        (Rules(never_tokens=frozenset({TOKEN})), "bought", NO_FACTS, Gate.TOKEN_EXCLUDED),
        (Rules(never_tokens=frozenset({SOL})), "bought", NO_FACTS, Gate.WANTED),
        (Rules(never_tokens=frozenset({SOL})), "got", NO_FACTS, Gate.TOKEN_EXCLUDED),
    ],
)
def test_each_rule_stops_what_it_is_meant_to(rules: Rules, name: str, facts: Facts, expected: Gate) -> None:
    for watch in (ruled(rules), ruled(NO_RULES, ChatSettings(rules=rules))):
        assert decide(watch, ACTIVITIES[name], seen_at=NOW, now=NOW, facts=facts).gate is expected


@pytest.mark.parametrize(
    ("rules", "name", "gate_unknown"),
    [
        (Rules(min_usd=Decimal(100)), "bought", Gate.BELOW_MINIMUM),
        (Rules(max_usd=Decimal(100)), "bought", Gate.ABOVE_MAXIMUM),
        (Rules(first_buy_only=True), "bought", Gate.NOT_FIRST_BUY),
        (Rules(full_exit_only=True), "sold", Gate.NOT_FULL_EXIT),
    ],
)
def test_f77_an_unknown_fact_never_stops_an_alert_and_is_recorded(
    rules: Rules, name: str, gate_unknown: Gate
) -> None:
    decision = decide(ruled(rules), ACTIVITIES[name], seen_at=NOW, now=NOW)
    assert decision.wanted
    assert decision.unknown == (gate_unknown,)


def test_a_paused_chat_hears_nothing_until_the_time_is_over() -> None:
    watch = ruled(NO_RULES, ChatSettings(paused_until=NOW + timedelta(hours=1)))
    assert gate(watch, BOUGHT) is Gate.PAUSED
    later = NOW + timedelta(hours=1)
    assert decide(watch, BOUGHT, seen_at=NOW, now=later).wanted


def test_a_muted_token_is_heard_of_again_when_the_time_is_over() -> None:
    muted = ChatSettings(muted_tokens={TOKEN: NOW + timedelta(hours=1)})
    watch = ruled(NO_RULES, muted)
    assert gate(watch, BOUGHT) is Gate.TOKEN_MUTED
    assert gate(watch, activity(Kind.TRANSFER_IN)) is Gate.WANTED
    later = NOW + timedelta(hours=1)
    assert decide(watch, BOUGHT, seen_at=NOW, now=later).wanted


NIGHT = Quiet(begin=11 * 60, end=13 * 60)  # NOW is noon


def deferred(settings: ChatSettings, facts: Facts = NO_FACTS, name: str = "sold", sent: int = 0) -> Decision:
    watch = replace(WATCH, settings=settings, alerts_this_hour=sent)
    return decide(watch, ACTIVITIES[name], seen_at=NOW, now=NOW, facts=facts)


@pytest.mark.parametrize(
    ("settings", "expected", "hours"),
    [
        (ChatSettings(quiet=NIGHT), Gate.QUIET, 1),
        (ChatSettings(quiet=NIGHT, zone="Asia/Tokyo"), Gate.WANTED, None),
        (ChatSettings(digest=Digest.HOURLY), Gate.DIGEST, 1),
        (ChatSettings(digest=Digest.DAILY, digest_at=8 * 60), Gate.DIGEST, 20),
        (ChatSettings(digest=Digest.DAILY, digest_at=11 * 60 + 30, quiet=NIGHT), Gate.QUIET, 25),
        (ChatSettings(per_hour=5), Gate.HOUR_FULL, 1),
        (ChatSettings(per_hour=6), Gate.WANTED, None),
    ],
)
def test_a_deferred_alert_has_a_due_time(settings: ChatSettings, expected: Gate, hours: int | None) -> None:
    decision = deferred(settings, sent=5)
    assert decision.gate is expected
    assert decision.due_at == (None if hours is None else NOW + timedelta(hours=hours))
    assert first_state(decision) is (DeliveryState.PENDING if hours is None else DeliveryState.DEFERRED)


def test_a_full_exit_may_wake() -> None:
    settings = ChatSettings(quiet=NIGHT, digest=Digest.DAILY, per_hour=0, exits_wake=True)
    assert deferred(settings, Facts(full_exit=True)).wanted
    assert deferred(settings, Facts(full_exit=False)).gate is Gate.QUIET
    assert deferred(settings, NO_FACTS).gate is Gate.QUIET
    assert deferred(settings, Facts(full_exit=True), name="bought").gate is Gate.QUIET


@pytest.mark.parametrize(("after", "decided"), [(0, Gate.WANTED), (996, Gate.NOT_FULL_EXIT)])
def test_balances_say_what_a_full_exit_is_whatever_was_seen_before(after: int, decided: Gate) -> None:
    sold = structs.replace(SOLD, token_before=1_000, token_after=after)
    for seen in (True, False, None):
        facts = Facts(full_exit=seen)
        only = decide(ruled(Rules(full_exit_only=True)), sold, seen_at=NOW, now=NOW, facts=facts)
        assert only.gate is decided


@given(RULES, SETTINGS, FACTS, st.sampled_from(sorted(ACTIVITIES)), st.integers(0, 4))
def test_a_decision_is_yes_no_or_later_and_the_first_gate_that_stops_decides(
    rules: Rules, settings: ChatSettings, facts: Facts, name: str, sent: int
) -> None:
    watch = replace(WATCH, rules=rules, settings=settings, alerts_this_hour=sent)
    case = Case(watch=watch, activity=ACTIVITIES[name], facts=facts, seen_at=NOW, now=NOW)
    verdicts = [(name, judge(case)) for name, judge in GATES]
    decision = decide(watch, ACTIVITIES[name], seen_at=NOW, now=NOW, facts=facts)
    stopped = [name for name, result in verdicts if result is GateResult.STOPPED]
    holding = [name for name, result in verdicts if result is GateResult.DEFERRED]
    assert decision.gate is (stopped or holding or [Gate.WANTED])[0]
    assert (decision.due_at is not None) == (first_state(decision) is DeliveryState.DEFERRED)
    if decision.due_at is not None:
        assert NOW < decision.due_at <= NOW + timedelta(hours=50)
        assert settings.quiet is None or end_of_quiet(settings.quiet, settings.zone, decision.due_at) is None


@given(FACTS, st.sampled_from(sorted(ACTIVITIES)))
def test_a_chat_that_has_set_nothing_is_decided_as_by_all_gates(facts: Facts, name: str) -> None:
    case = Case(watch=WATCH, activity=ACTIVITIES[name], facts=facts, seen_at=NOW, now=NOW)
    stopping = [gate for gate, judge in GATES if judge(case) is not GateResult.PASSED]
    decision = decide(WATCH, ACTIVITIES[name], seen_at=NOW, now=NOW, facts=facts)
    assert decision.gate is (stopping[0] if stopping else Gate.WANTED)
    assert set(stopping) <= {Gate.DUST}


@pytest.mark.parametrize(
    ("busy_above", "events", "decided"), [(60, 60, Gate.WALLET_BUSY), (60, 59, Gate.WANTED)]
)
def test_what_a_busy_wallet_does_comes_together_at_the_end_of_the_hour(
    busy_above: int, events: int, decided: Gate
) -> None:
    watch = replace(WATCH, settings=ChatSettings(busy_above=busy_above))
    facts = Facts(events_this_hour=events)
    decision = decide(watch, activity(Kind.BUY), seen_at=NOW, now=NOW, facts=facts)
    assert decision.gate is decided
    assert decision.due_at == (None if decided is Gate.WANTED else NOW + timedelta(hours=1))


def test_a_busy_wallet_that_nobody_wants_summed_up_is_not() -> None:
    facts = Facts(events_this_hour=MAX_BUSY_ABOVE)
    never = replace(WATCH, settings=ChatSettings(busy_above=0))
    assert decide(never, activity(Kind.BUY), seen_at=NOW, now=NOW, facts=facts).wanted
    assert decide(WATCH, activity(Kind.BUY), seen_at=NOW, now=NOW, facts=facts).gate is Gate.WALLET_BUSY


def test_a_muted_tag_silences_the_wallets_that_bear_it() -> None:
    settings = ChatSettings(muted_tags={"kol": NOW + timedelta(hours=1), "old": NOW - timedelta(hours=1)})
    muted = replace(WATCH, tags=("x", "kol"), settings=settings)
    assert gate(muted, activity(Kind.BUY)) is Gate.MUTED
    assert gate(replace(muted, tags=("x", "old")), activity(Kind.BUY)) is Gate.WANTED


def test_a_wallet_over_the_limit_or_banned_is_silent_whatever_the_chat_has_set() -> None:
    for settings in (DEFAULT_SETTINGS, ChatSettings(spam_line=True)):
        watch = replace(WATCH, settings=settings)
        assert gate(replace(watch, over_limit=True), activity(Kind.BUY)) is Gate.OVER_WATCH_LIMIT
        assert gate(replace(watch, is_banned=True), activity(Kind.BUY)) is Gate.WALLET_BANNED


@pytest.mark.parametrize(
    ("kind", "balances", "facts", "decided"),
    [
        (Kind.SELL, (10**9, 1), Facts(), Gate.WANTED),
        (Kind.SELL, (0, 0), Facts(), Gate.WANTED),
        (Kind.SELL, (10, 5), Facts(), Gate.PAUSED),
        (Kind.SWAP, (0, 7), Facts(full_exit=True), Gate.WANTED),
        (Kind.SWAP, (0, 7), Facts(), Gate.PAUSED),
        (Kind.SELL, (10, 5), Facts(full_exit=True), Gate.PAUSED),
    ],
)
def test_an_exit_from_what_one_holds_passes_a_pause(
    kind: Kind, balances: tuple[int, int], facts: Facts, decided: Gate
) -> None:
    paused = ChatSettings(paused_until=NOW + timedelta(hours=1))
    holder = replace(WATCH, settings=paused, is_holder=True)
    left = structs.replace(SOLD, kind=kind, token_before=balances[0], token_after=balances[1])
    decision = decide(holder, left, seen_at=NOW, now=NOW, facts=facts)
    assert (decision.gate, decision.outranks) == (decided, decided is Gate.WANTED)


@pytest.mark.parametrize(("after", "decided"), [(1, Gate.WANTED), (10**8, Gate.QUIET)])
def test_a_sale_that_leaves_dust_may_wake(after: int, decided: Gate) -> None:
    settings = ChatSettings(quiet=Quiet(begin=0, end=1439), exits_wake=True)
    left = structs.replace(SOLD, token_before=10**9, token_after=after)
    assert gate(replace(WATCH, settings=settings), left) is decided
