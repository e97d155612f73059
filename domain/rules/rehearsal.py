"""What of a week's events would have come by the rules as they are, and how a quieter rule would do. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal

from msgspec import structs

from domain.activity.activity import Activity, Kind
from domain.activity.prices import MarketFacts
from domain.rules.decisions import decide
from domain.rules.gates import Facts
from domain.rules.rules import ChatSettings, Watch

MAX_EVENTS = 8_000
"""The latest that are counted, so that the answer comes within a second."""
MIN_OF_EACH = 200
"""Of each of many watches so many are counted at least."""
MIN_NUMBER = 10
"""From so many alerts on a quieter variant is worth a word."""
STEPS = tuple(Decimal(step) for step in (100, 500, 1_000, 2_000, 5_000, 10_000, 50_000, 100_000))
"""Dollars that a quieter variant may ask for at least."""
_EVER = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class PastEvent:
    """What a followed wallet did, with what was known of it then."""

    watch_id: int
    activity: Activity
    market: MarketFacts
    happened_at: datetime
    is_spam: bool
    """Whether it was silent as spam, whatever the rules say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """How many alerts a week would have brought."""

    number: int
    busiest: int | None
    """The watch of which most of them are; None: there are none."""
    of_busiest: int
    minimum: Decimal | None
    """Dollars at least, with which clearly fewer would have come; None: no minimum does that."""
    with_minimum: int
    is_cut: bool
    """Whether there were more events than are counted."""


def most_of_each(watches: int) -> int:
    """Return how many of one watch's events are counted where so many watches are asked about."""
    return max(MIN_OF_EACH, MAX_EVENTS // max(1, watches))


def rehearse(watches: Mapping[int, Watch], events: Sequence[PastEvent]) -> Rehearsal:
    """Pass past events through the rules of their watches; mutes, quiet hours and digests do not count.

    Args:
        watches: by id, with the rules of their chat.
        events: of these watches, `MAX_EVENTS` at most, and `most_of_each` of one.
    """
    without = {watch_id: _without_minimum(watch) for watch_id, watch in watches.items()}
    passed = [one for one in events if not one.is_spam and _is_wanted(without[one.watch_id], one)]
    wanted = [one for one in passed if _reaches(one, _minimum(watches[one.watch_id]))]
    by_watch = Counter(one.watch_id for one in wanted)
    busiest, of_busiest = by_watch.most_common(1)[0] if by_watch else (None, 0)
    minimum, fewer = _quieter(watches, passed, len(wanted))
    of_one = max(Counter(one.watch_id for one in events).values(), default=0)
    return Rehearsal(
        number=len(wanted),
        busiest=busiest,
        of_busiest=of_busiest,
        minimum=minimum,
        with_minimum=fewer,
        is_cut=len(events) >= MAX_EVENTS or of_one >= most_of_each(len(watches)),
    )


def _quieter(
    watches: Mapping[int, Watch], passed: Sequence[PastEvent], number: int
) -> tuple[Decimal | None, int]:
    """The least minimum that leaves half of the alerts or fewer, and at least one."""
    if number < MIN_NUMBER:
        return None, number
    for step in STEPS:
        fewer = sum(_reaches(one, max(step, _minimum(watches[one.watch_id]))) for one in passed)
        if 0 < fewer <= number // 2:
            return step, fewer
    return None, number


def _minimum(watch: Watch) -> Decimal:
    own, chat = watch.rules.min_usd, watch.settings.rules.min_usd
    return (chat if own is None else own) or Decimal(0)


def _reaches(event: PastEvent, minimum: Decimal) -> bool:
    """Return what is not known stops nothing."""
    return event.market.usd is None or event.market.usd >= minimum


def _without_minimum(watch: Watch) -> Watch:
    rules = structs.replace(watch.settings.rules, min_usd=None)
    return replace(
        watch,
        created_at=_EVER,
        since_slot=None,
        muted_until=None,
        rules=structs.replace(watch.rules, min_usd=None),
        settings=ChatSettings(rules=rules),
    )


def passes(watch: Watch, event: PastEvent) -> bool:
    """Whether an event passes the rules of a watch and its chat; mutes, hours and digests do not count."""
    return _is_wanted(_without_minimum(watch), event) and _reaches(event, _minimum(watch))


def _is_wanted(watch: Watch, event: PastEvent) -> bool:
    at = event.happened_at
    return decide(watch, event.activity, seen_at=at, now=at, facts=_facts(event)).wanted


def _facts(event: PastEvent) -> Facts:
    """Return what the transaction itself shows of what was there before, and what was known of the market."""
    activity, market = event.activity, event.market
    created = market.token_created_at
    is_buy, is_sell = activity.kind is Kind.BUY, activity.kind is Kind.SELL
    before, after = activity.token_before, activity.token_after
    return Facts(
        usd=market.usd,
        is_usd_certain=market.is_usd_certain,
        market_cap=market.market_cap,
        liquidity=market.liquidity,
        first_buy=before == 0 if is_buy and before is not None else None,
        full_exit=after == 0 if is_sell and after is not None else None,
        token_age=None if created is None else event.happened_at - created,
    )
