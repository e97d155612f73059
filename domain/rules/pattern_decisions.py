"""Decides whether a chat wants a pattern alert. Pure."""

from datetime import datetime

from domain.patterns.found import TOGETHER, Pattern, PatternFound
from domain.rules.chat_decisions import decide_about_token, within_budget
from domain.rules.gates import Decision, Gate
from domain.rules.rules import Watch

SURPRISE = 1.0
"""Of a pattern, for the budget of a day: it comes before any trade."""


def decide_about_pattern(watch: Watch, event: PatternFound, *, seen_at: datetime, now: datetime) -> Decision:
    """Pass a pattern through the gates of a chat; those about one wallet's worth and token do not count.

    Args:
        watch: of the wallet, with what its chat has set; of a pattern of several wallets: the chat.
        event: what was found.
        seen_at: when it was found.
        now: the time of the decision.
    """
    for gate, stops in ((Gate.WALLET_BANNED, watch.is_banned), (Gate.OVER_WATCH_LIMIT, watch.over_limit)):
        if stops:
            return Decision(gate=gate)
    if event.pattern in watch.settings.patterns.off:
        return Decision(gate=Gate.PATTERN_OFF)
    if event.pattern not in TOGETHER:
        if seen_at < watch.created_at:
            return Decision(gate=Gate.BEFORE_WATCH)
        ends = [watch.muted_until, *(watch.settings.muted_tags.get(tag) for tag in watch.tags)]
        if any(end is not None and now < end for end in ends):
            return Decision(gate=Gate.MUTED)
    decision = decide_about_token(watch, event.mint or "", now=now)
    return decision if is_outside_budget(event) else within_budget(watch, decision, score=SURPRISE, now=now)


def is_outside_budget(event: PatternFound) -> bool:
    """Return whether it comes whatever the budget: those who leave have sold all, as each exit does."""
    return event.pattern is Pattern.LEAVING
