"""By what a delivery was decided: the rules and facts of that moment, kept with it. Pure."""

from decimal import Decimal

import msgspec

from domain.rules.decisions import Decision, Facts, Gate
from domain.rules.rules import DEFAULT_SETTINGS, NO_RULES, ChatSettings, Rules, effective
from domain.rules.watches import Watch


class Reasons(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The rules as they were, and what was known."""

    rules: Rules = NO_RULES
    """The watch's and the chat's together."""
    settings: ChatSettings = DEFAULT_SETTINGS
    """The chat's other settings; its rules stand in `rules`."""
    usd: Decimal | None = None
    unknown: tuple[Gate, ...] = ()
    """Gates that let it pass because what they need was not known."""
    hourly_limit: int | None = None
    """Alerts an hour that the chat's tier allowed, where that deferred the alert."""
    age_seconds: int | None = None
    """How old the token was."""
    market_cap: Decimal | None = None


NO_REASONS = Reasons()


def reasons_text(watch: Watch, facts: Facts, decision: Decision) -> str | None:
    """The reasons as JSON; None where the chat had set nothing and got the alert at once.

    Args:
        watch: with its rules and those of its chat.
        facts: what was known.
        decision: what the gates made of both.
    """
    capped = watch.hourly_limit if decision.gate is Gate.TIER_FULL else None
    if capped is None and watch.rules == NO_RULES and watch.settings == DEFAULT_SETTINGS:
        return None
    reasons = Reasons(
        rules=effective(watch.rules, watch.settings.rules),
        settings=msgspec.structs.replace(watch.settings, rules=NO_RULES, muted_tokens={}),
        usd=facts.usd,
        unknown=decision.unknown,
        hourly_limit=capped,
        age_seconds=None if facts.token_age is None else int(facts.token_age.total_seconds()),
        market_cap=None if facts.market_cap is None else facts.market_cap.quantize(Decimal(1)),
    )
    return msgspec.json.encode(reasons).decode()


def read_reasons(text: str | None) -> Reasons:
    """The reasons in a row."""
    return NO_REASONS if text is None else msgspec.json.decode(text, type=Reasons)
