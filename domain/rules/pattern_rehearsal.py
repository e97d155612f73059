"""Which patterns a week's events would have brought to a chat as it is set. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence

from domain.activity.exchanges import EXCHANGES
from domain.patterns.found import Pattern, PatternSettings
from domain.patterns.reading import sightings_of
from domain.patterns.replay import Replay
from domain.patterns.sightings import Sighting
from domain.rules.rehearsal import PastEvent


def rehearse_patterns(settings: PatternSettings, events: Sequence[PastEvent]) -> Mapping[Pattern, int]:
    """How many of each would have come; what is not there would have brought none.

    Moves are not counted: whether an address became a home is not known any more. Nor is who slept before the
    week.

    Args:
        settings: of the chat.
        events: of the wallets that it follows, in any order.
    """
    seen = sorted({one for event in events for one in _sightings(event)}, key=lambda one: one.at)
    if not seen:
        return {}
    followed = {one.wallet for one in seen}
    chain = events[0].activity.chain
    replay = Replay(chain, settings, followed=followed, last_active={}, listed=EXCHANGES)
    return Counter(found.pattern for one in seen for found in replay.see(one))


def _sightings(event: PastEvent) -> list[Sighting]:
    market = event.market
    return sightings_of(
        event.activity,
        usd=market.usd,
        market_cap=market.market_cap,
        at=event.happened_at.timestamp(),
        event_id=0,
    )
