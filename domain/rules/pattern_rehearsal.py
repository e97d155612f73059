"""Which patterns a week's events would have brought to a chat as it is set. Pure."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from msgspec import structs

from domain.activity.exchanges import EXCHANGES
from domain.patterns.found import TOGETHER, Pattern, PatternSettings
from domain.patterns.replay import Replay
from domain.patterns.sightings import Sighting, sightings_of
from domain.patterns.together import OwnerOf
from domain.rules.rehearsal import PastEvent

STORED = frozenset({Pattern.AWAKENING, Pattern.MOVE})
"""Patterns that a week's events do not show: who slept before it, and what an address did that got something.
They are found for every wallet that anybody follows, whatever chats have set."""


def rehearse_patterns(
    settings: PatternSettings,
    events: Sequence[PastEvent],
    *,
    stored: Mapping[Pattern, int],
    owner_of: OwnerOf | None = None,
    silent: Collection[str] = (),
) -> Mapping[Pattern, int]:
    """Return how many of each would have come; what is not there would have brought none.

    Args:
        settings: of the chat.
        events: of the wallets that it follows, in any order.
        stored: how often patterns of `STORED` were found for these wallets in that week.
        owner_of: tells which wallets are one owner's; None: as far as the events show.
        silent: wallets of which nothing is told that they do alone; with others they count.
    """
    found = Counter({one: stored[one] for one in STORED - settings.off if stored.get(one)})
    seen = sorted({one for event in events for one in _sightings(event)}, key=lambda one: one.at)
    if not seen:
        return found
    replay = Replay(
        events[0].activity.chain,
        structs.replace(settings, off=settings.off | STORED),
        followed={one.wallet for one in seen},
        last_active={},
        listed=EXCHANGES,
        owner_of=owner_of,
    )
    return found + Counter(
        event.pattern
        for one in seen
        for event in replay.see(one)
        if event.pattern in TOGETHER or event.wallet not in silent
    )


def _sightings(event: PastEvent) -> list[Sighting]:
    market = event.market
    return sightings_of(
        event.activity,
        usd=market.usd,
        market_cap=market.market_cap,
        at=event.happened_at.timestamp(),
        event_id=0,
    )
