"""/record: outcomes of this chat's alerts, for all wallets, for one, or for a rule."""

from collections.abc import Sequence
from dataclasses import replace

from msgspec import structs

from bot.dialog.choice import ask_wallet
from bot.dialog.request import Reply, Request
from bot.parsing.labels import matching_watches
from bot.parsing.rules import parse_change, split_rules
from domain.alerts.outcomes import HOURS, summary_of
from domain.errors import BadInput
from domain.rules.rehearsal import PastEvent, passes
from domain.rules.rules import DEFAULT_SETTINGS, NO_RULES, Watch, distinguish
from messaging.telegram.names import wallet_name
from messaging.telegram.texts import watches as watch_texts
from messaging.telegram.texts.alert_outcomes import nothing_yet, record_text, usage
from services.services import Services
from storage.market.alert_outcomes import PastOutcome

DAYS = 30


async def record(request: Request, services: Services) -> Reply:
    """Return what purchases came to after an hour and after a day."""
    watches = await services.watches.of(request.target)
    if not watches:
        return Reply(
            text=watch_texts.nothing_followed(is_private=request.target.is_private, locale=request.locale)
        )
    name, rules = split_rules(request.words.strip())
    found = matching_watches(watches, name) if name else watches
    if not found:
        raise BadInput(usage(locale=request.locale))
    if name and len(found) > 1:
        return await ask_wallet(structs.replace(request, command="record"), services, found, among=watches)
    watch_ids = [watch.watch_id for watch in found] if name else None
    past = await services.positions.alert_outcomes(request.target, watch_ids, days=DAYS)
    rule = " ".join(str(one) for one in rules)
    past = _by_rule(past, found[0], rule)
    of = distinguish(watches, found[0]) if name else None
    called = "" if of is None else wallet_name(of.label, of.wallet)
    if not past:
        return Reply(text=nothing_yet(called, locale=request.locale))
    outcomes = [one.outcome for one in past]
    summaries = [summary_of(hours, outcomes) for hours in HOURS]
    return Reply(text=record_text(summaries, days=DAYS, name=called, rule=rule, locale=request.locale))


def _by_rule(past: Sequence[PastOutcome], watch: Watch, rule: str) -> list[PastOutcome]:
    """Those that would come by a rule alone, whatever else stands in a watch; no rule: all.

    Raises:
        BadInput: it is no rule.
    """
    if not rule:
        return list(past)
    rules = parse_change(rule, NO_RULES)(NO_RULES)
    ruled = replace(watch, rules=rules, settings=DEFAULT_SETTINGS, over_limit=False, is_banned=False)
    return [one for one in past if passes(replace(ruled, wallet=one.activity.wallet), _event(one))]


def _event(past: PastOutcome) -> PastEvent:
    return PastEvent(
        watch_id=past.watch_id,
        activity=past.activity,
        market=past.market,
        happened_at=past.happened_at,
        is_spam=False,
    )
