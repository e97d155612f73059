"""Whether one watch wants one activity, and which gate decided. Pure: the same facts give the same answer.

An activity passes `GATES` in their order. The first gate that stops it decides; else the first that
defers it; else it is sent at once. An unknown fact never stops an alert: the message says what is not known.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from domain.activity.activity import SOL, TRADES, WRAPPED_SOL, Activity, Kind
from domain.activity.exits import exit_known, is_exit
from domain.activity.prices import DOLLAR_MINTS
from domain.rules import noise_gates, quiet, spam, token_gates
from domain.rules.chat_decisions import due_at
from domain.rules.gates import NO_FACTS, Decision, Facts, Gate, GateResult
from domain.rules.rules import DEFAULT_SETTINGS, NO_RULES, Rules, Watch, counting_rules
from domain.rules.spam import DUST_LAMPORTS

__all__ = [
    "DUST_LAMPORTS",
    "GATES",
    "NO_FACTS",
    "SENT_BY_DEFAULT",
    "Case",
    "Decision",
    "Facts",
    "Gate",
    "GateResult",
    "decide",
]

SENT_BY_DEFAULT = TRADES | {
    Kind.TRANSFER_IN,
    Kind.TRANSFER_OUT,
    Kind.MINT,
    Kind.BURN,
    Kind.STAKE,
    Kind.UNSTAKE,
    Kind.LIQUIDITY_ADD,
    Kind.LIQUIDITY_REMOVE,
    Kind.NFT_TRADE,
    Kind.CREATE,
    Kind.ORDER_OPEN,
    Kind.ORDER_CLOSE,
    Kind.LENDING_DEPOSIT,
    Kind.LENDING_WITHDRAW,
    Kind.LENDING_BORROW,
    Kind.LENDING_REPAY,
    Kind.POSITION_OPEN,
    Kind.POSITION_CLOSE,
}


@dataclass(frozen=True, kw_only=True)
class Case:
    """One activity before the gates of one watch."""

    watch: Watch
    activity: Activity
    facts: Facts = NO_FACTS
    seen_at: datetime
    now: datetime
    reverted: bool = False
    """Whether the activity died with its fork."""
    rules: Rules = field(init=False)
    """What counts: the watch's own rules, those of its tags, and the chat's."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "rules", counting_rules(self.watch))

    @cached_property
    def mints(self) -> frozenset[str]:
        """The tokens it is about; what is paid with counts only where there is nothing else."""
        legs = (*self.activity.paid, *self.activity.received)
        every = frozenset(SOL if leg.mint == WRAPPED_SOL else leg.mint for leg in legs)
        return every - DOLLAR_MINTS - {SOL} or every


def decide(
    watch: Watch,
    activity: Activity,
    *,
    seen_at: datetime,
    now: datetime,
    facts: Facts = NO_FACTS,
    reverted: bool = False,
) -> Decision:
    """Pass the activity, stored at `seen_at`, through the gates; the first that stops it decides.

    Args:
        watch: with its rules and those of its chat.
        activity: what happened.
        seen_at: when it was stored.
        now: the time of the decision.
        facts: what is known beyond the activity.
        reverted: whether its transaction died with its fork.
    """
    case = Case(watch=watch, activity=activity, facts=facts, seen_at=seen_at, now=now, reverted=reverted)
    gates = _PLAIN if watch.rules == NO_RULES and watch.settings == DEFAULT_SETTINGS else GATES
    if watch.is_holder and _leaves_nothing(activity, facts):
        gates = _OF_HOLDERS
    deferring: Gate | None = None
    unknown: list[Gate] = []
    for gate, judge in gates:
        result = judge(case)
        if result is GateResult.STOPPED:
            return Decision(gate=gate)
        if result is GateResult.DEFERRED:
            deferring = deferring or gate
        elif result is GateResult.UNKNOWN:
            unknown.append(gate)
    due = None if deferring is None else due_at(watch.settings, now, deferring)
    past_all = gates is _OF_HOLDERS
    found = Decision(gate=deferring or Gate.WANTED, due_at=due, unknown=tuple(unknown), outranks=past_all)
    is_free = watch.noise is None or noise_gates.is_outside_budget(watch, activity, facts)
    return found if is_free else _judged(found, case)


def _leaves_nothing(activity: Activity, facts: Facts) -> bool:
    """Whether it is an exit, or may be one: of a sale by an order what was there before is not known."""
    may_be_exit = activity.kind is Kind.SELL and activity.token_after == 0
    return may_be_exit or is_exit(activity, full_exit=facts.full_exit)


def _judged(decision: Decision, case: Case) -> Decision:
    """The decision with how surprising the event is, and had to be."""
    score, bar = noise_gates.judged(case.watch, case.facts)
    return replace(decision, surprise=score, bar=bar)


def _stops(condition: bool) -> GateResult:  # noqa: FBT001 - the whole of what it says
    return GateResult.STOPPED if condition else GateResult.PASSED


def _reverted(case: Case) -> GateResult:
    return _stops(case.reverted)


def _closed(case: Case) -> GateResult:
    return _stops(case.watch.chat_closed)


def _before(case: Case) -> GateResult:
    since = case.watch.since_slot
    is_older = since is not None and 0 < case.activity.slot <= since  # slot 0: not known
    return _stops(is_older or case.seen_at < case.watch.created_at)


def _paused(case: Case) -> GateResult:
    until = case.watch.settings.paused_until
    return _stops(until is not None and case.now < until)


def _muted(case: Case) -> GateResult:
    watch, muted = case.watch, case.watch.settings.muted_tags
    ends = [watch.muted_until, *(muted.get(tag) for tag in watch.tags if muted)]
    return _stops(any(end is not None and case.now < end for end in ends))


def _token_muted(case: Case) -> GateResult:
    muted = case.watch.settings.muted_tokens
    return _stops(bool(muted) and any(case.now < muted[mint] for mint in case.mints & muted.keys()))


def _kind_off(case: Case) -> GateResult:
    kind = case.activity.kind
    return _stops(kind not in SENT_BY_DEFAULT or kind in (case.rules.kinds_off or ()))


def _not_listed(case: Case) -> GateResult:
    only = case.rules.only_tokens
    return _stops(bool(only) and not case.mints & (only or frozenset()))


def _excluded(case: Case) -> GateResult:
    return _stops(bool(case.mints & (case.rules.never_tokens or frozenset())))


def _below(case: Case) -> GateResult:
    minimum, usd = case.rules.min_usd, case.facts.usd
    if not minimum:
        return GateResult.PASSED
    return GateResult.UNKNOWN if usd is None else _stops(usd < minimum)


def _above(case: Case) -> GateResult:
    maximum, usd = case.rules.max_usd, case.facts.usd
    if not maximum:
        return GateResult.PASSED
    return GateResult.UNKNOWN if usd is None else _stops(usd > maximum)


def _not_first(case: Case) -> GateResult:
    if not case.rules.first_buy_only or case.activity.kind is not Kind.BUY:
        return GateResult.PASSED
    return GateResult.UNKNOWN if case.facts.first_buy is None else _stops(not case.facts.first_buy)


def _not_exit(case: Case) -> GateResult:
    if not case.rules.full_exit_only or case.activity.kind is not Kind.SELL:
        return GateResult.PASSED
    is_full = exit_known(case.activity, full_exit=case.facts.full_exit)
    return GateResult.UNKNOWN if is_full is None else _stops(not is_full)


def _defers(condition: bool) -> GateResult:  # noqa: FBT001 - the same
    return GateResult.DEFERRED if condition else GateResult.PASSED


def _wakes(case: Case) -> bool:
    """Return whether it is an exit that the chat wants at once whatever the hour."""
    return case.watch.settings.exits_wake and is_exit(case.activity, full_exit=case.facts.full_exit)


def _quiet(case: Case) -> GateResult:
    settings = case.watch.settings
    if settings.quiet is None or _wakes(case):
        return GateResult.PASSED
    return _defers(quiet.end_of_quiet(settings.quiet, settings.zone, case.now) is not None)


def _digest(case: Case) -> GateResult:
    return _defers(quiet.next_digest(case.watch.settings, case.now) is not None and not _wakes(case))


def _hour_full(case: Case) -> GateResult:
    limit = case.watch.settings.per_hour
    return _defers(limit is not None and case.watch.alerts_this_hour >= limit and not _wakes(case))


def _tier_full(case: Case) -> GateResult:
    """Counts exits, too: the chat cannot raise the limit that its operator granted."""
    limit = case.watch.hourly_limit
    return _defers(limit is not None and case.watch.alerts_this_hour >= limit)


def _wallet_busy(case: Case) -> GateResult:
    limit = case.watch.settings.busy_above
    return _defers(0 < limit <= case.facts.events_this_hour and not _wakes(case))


GATES: tuple[tuple[Gate, Callable[[Case], GateResult]], ...] = (
    (Gate.REVERTED, _reverted),
    (Gate.CHAT_CLOSED, _closed),
    (Gate.BEFORE_WATCH, _before),
    (Gate.WALLET_BANNED, lambda case: _stops(case.watch.is_banned)),
    (Gate.OVER_WATCH_LIMIT, lambda case: _stops(case.watch.over_limit)),
    (Gate.PAUSED, _paused),
    (Gate.MUTED, _muted),
    (Gate.TOKEN_MUTED, _token_muted),
    (Gate.KIND_OFF, _kind_off),
    (Gate.PATTERN_OFF, lambda _: GateResult.PASSED),  # an activity is no pattern
    (Gate.DUST, lambda case: _stops(spam.is_dust(case.activity, case.facts))),
    (Gate.LOOK_ALIKE, lambda case: _stops(spam.is_from_look_alike(case.activity, case.facts))),
    (Gate.LINK_NAME, lambda case: _stops(spam.bears_link(case.activity, case.facts))),
    (Gate.BLAST, lambda case: _stops(spam.is_blast(case.activity, case.facts))),
    (Gate.SPAM, lambda case: _stops(spam.is_worthless(case.activity, case.facts))),
    (Gate.TOKEN_NOT_LISTED, _not_listed),
    (Gate.TOKEN_EXCLUDED, _excluded),
    (Gate.BELOW_MINIMUM, _below),
    (Gate.ABOVE_MAXIMUM, _above),
    (Gate.NOT_FIRST_BUY, _not_first),
    (Gate.NOT_FULL_EXIT, _not_exit),
    (Gate.TOO_YOUNG, lambda case: token_gates.too_young(case.rules, case.facts)),
    (Gate.TOO_OLD, lambda case: token_gates.too_old(case.rules, case.facts)),
    (Gate.MARKET_CAP_TOO_LOW, lambda case: token_gates.market_cap_too_low(case.rules, case.facts)),
    (Gate.MARKET_CAP_TOO_HIGH, lambda case: token_gates.market_cap_too_high(case.rules, case.facts)),
    (Gate.LIQUIDITY_TOO_LOW, lambda case: token_gates.liquidity_too_low(case.rules, case.facts)),
    (
        Gate.BELOW_PERCENTILE,
        lambda case: noise_gates.below_percentile(case.rules, case.activity, case.facts),
    ),
    (Gate.QUIET, _quiet),
    (Gate.DIGEST, _digest),
    (Gate.BUDGET, lambda case: noise_gates.budget(case.watch, case.activity, case.facts)),
    (Gate.HOUR_FULL, _hour_full),
    (Gate.TIER_FULL, _tier_full),
    (Gate.WALLET_BUSY, _wallet_busy),
)
"""All gates, in the order in which they are asked."""

_NEEDS_NO_RULES = {
    *(Gate.REVERTED, Gate.CHAT_CLOSED, Gate.BEFORE_WATCH),
    *(Gate.WALLET_BANNED, Gate.OVER_WATCH_LIMIT),
    *(Gate.MUTED, Gate.KIND_OFF, Gate.TIER_FULL, Gate.WALLET_BUSY),
    *spam.SPAM_GATES,
}
_PLAIN = tuple(entry for entry in GATES if entry[0] in _NEEDS_NO_RULES)
"""The gates that matter to a chat that has set nothing."""

_OF_HOLDERS = tuple(
    entry for entry in GATES if entry[0] in {Gate.REVERTED, Gate.CHAT_CLOSED, Gate.BEFORE_WATCH}
)
"""Those that a full exit passes for who holds the token: no filter and no quiet hour stops it."""
