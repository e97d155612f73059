"""Whether a chat wants an event of a token that is about no wallet, as a price it waited for. Pure.

Only what the chat has set for all that it gets decides; the rules of wallets do not count.
"""

import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from domain.rules import quiet
from domain.rules.gates import DEFERRING, OVER_LIMIT, Decision, Gate
from domain.rules.noise import bar_of
from domain.rules.rules import ChatSettings, Digest, Watch

ASKED = frozenset({Gate.QUIET, Gate.DIGEST, Gate.BUDGET, Gate.HOUR_FULL, Gate.TIER_FULL})
"""What defers an event of a token, unless that wakes."""
_OUTRANKING = Decision(gate=Gate.WANTED, outranks=True)


def decide_about_token(
    watch: Watch, mint: str, *, now: datetime, wakes: bool = False, outranks: bool = False
) -> Decision:
    """Pass an event of a token through the gates of a chat that asked for it; rules of wallets do not count.

    Args:
        watch: the chat with its settings.
        mint: the token.
        now: the time of the decision.
        wakes: whether it is sent at once whatever the hour.
        outranks: whether it is sent whatever the chat has set.
    """
    if outranks:
        return Decision(gate=Gate.CHAT_CLOSED) if watch.chat_closed else _OUTRANKING
    settings, until = watch.settings, watch.settings.paused_until
    muted = settings.muted_tokens.get(mint)
    for gate, stops in (
        (Gate.CHAT_CLOSED, watch.chat_closed),
        (Gate.PAUSED, until is not None and now < until),
        (Gate.TOKEN_MUTED, muted is not None and now < muted),
    ):
        if stops:
            return Decision(gate=gate)
    deferring = next((gate for gate, defers in _deferring(watch, now, wakes=wakes) if defers), None)
    due = None if deferring is None else due_at(settings, now, deferring)
    return Decision(gate=deferring or Gate.WANTED, due_at=due)


def within_budget(watch: Watch, decision: Decision, *, score: float, now: datetime) -> Decision:
    """The decision about what the chat's budget of the day counts, though it is no trade of a wallet.

    Args:
        watch: without `noise`, its chat has no budget.
        decision: by all other gates; what they stop the budget does not count.
        score: how surprising it is, in 0..1.
        now: the time of the decision.
    """
    per_day = watch.settings.per_day
    if watch.noise is None or per_day is None or not (decision.wanted or decision.gate in DEFERRING):
        return decision
    bar = bar_of(watch.noise, per_day)
    judged = replace(decision, surprise=score, bar=None if math.isinf(bar) else bar)
    if not decision.wanted or score >= bar:
        return judged
    return replace(judged, gate=Gate.BUDGET, due_at=due_at(watch.settings, now, Gate.BUDGET))


def _deferring(watch: Watch, now: datetime, *, wakes: bool) -> Iterator[tuple[Gate, bool]]:
    settings, number = watch.settings, watch.alerts_this_hour
    if settings.quiet is not None:
        yield Gate.QUIET, not wakes and quiet.end_of_quiet(settings.quiet, settings.zone, now) is not None
    yield Gate.DIGEST, not wakes and quiet.next_digest(settings, now) is not None
    yield Gate.HOUR_FULL, not wakes and settings.per_hour is not None and number >= settings.per_hour
    yield Gate.TIER_FULL, watch.hourly_limit is not None and number >= watch.hourly_limit


def due_at(settings: ChatSettings, now: datetime, gate: Gate) -> datetime:
    """When a deferred event is sent: with the next digest, never within quiet hours.

    Args:
        settings: of the chat; they say when digests come and when it is quiet.
        now: with a time zone.
        gate: what deferred it: what is beyond an hourly limit waits for the next hour, what is beyond the
            budget for the next daily time, if the chat has no digest.
    """
    begin = quiet.end_of_hour(now) if gate in OVER_LIMIT else now
    if gate is Gate.BUDGET and settings.digest is Digest.OFF:
        begin = quiet.next_daily(settings, now)
    return quiet.next_sending(settings, begin)
