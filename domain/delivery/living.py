"""Living alerts: a position is one message, edited from its entry to its exit. Pure.

Which events belong to one, and how often it is edited: storage/delivery/living_alerts.py.
"""

from dataclasses import dataclass

from domain.activity.activity import SOL, Activity, Kind
from domain.activity.exits import is_exit, leaves_nothing
from domain.alerts.kinds import AlertEvent, rules_of
from domain.delivery.deliveries import AlertContent, ClaimedDelivery, LivingMessage
from domain.rules.lanes import market_token, sold_by
from domain.rules.rules import Watch

EDIT_SECONDS = 10.0
"""Between two edits of one message, at least; what happens meanwhile goes with the next."""
QUIET_DAYS = 7
"""So long after its last event a position begins a new message: nobody sees an edit far up in a chat."""
MAX_EVENTS = 60
"""The newest events that are read for a message; the others it only counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionEvent:
    """To which position an event belongs."""

    mint: str
    is_entry: bool = False
    """Whether the wallet had nothing of the token before: what was told until then is another position."""
    is_exit: bool = False
    """Whether next to nothing of the token is left after it."""


def position_event(event: AlertEvent, *, full_exit: bool | None = None) -> PositionEvent | None:
    """The position that an event begins, adds to, lowers or ends; None: it is announced by itself.

    So is a sale of which is not known what it left, as of an order: an edit would hide an exit. A swap into
    another token ends the position of what it gave, and a transfer that of what it took away; neither touches
    one of which it left some. A transfer names one account of several, so that what was seen must agree.

    Args:
        event: what happened.
        full_exit: whether nothing is left of all that the wallet was seen to get; None: not known.
    """
    activity = rules_of(event).activity(event)
    if activity is None:
        return None
    if activity.kind is Kind.SWAP or (activity.kind is Kind.SELL and not _is_known(activity)):
        return _left(activity) if is_exit(activity, full_exit=full_exit) else None
    mint = market_token(activity)
    sent_all = activity.kind is Kind.TRANSFER_OUT and leaves_nothing(activity) and full_exit is True
    if sent_all and mint is not None:
        return PositionEvent(mint=mint, is_exit=True)
    if activity.kind not in {Kind.BUY, Kind.SELL} or mint is None or mint == SOL:
        return None
    is_entry = activity.kind is Kind.BUY and activity.token_before == 0
    return PositionEvent(mint=mint, is_entry=is_entry, is_exit=is_exit(activity))


def _left(activity: Activity) -> PositionEvent | None:
    """The end of the position of the one token that was given away."""
    sold = sold_by(activity)
    return PositionEvent(mint=next(iter(sold)), is_exit=True) if len(sold) == 1 else None


def _is_known(activity: Activity) -> bool:
    return bool(activity.token_before) and activity.token_after is not None


@dataclass(frozen=True, slots=True)
class OpenPositions:
    """The positions that messages tell at present, through a step of the fan-out."""

    keys: set[tuple[int, int, int, str]]
    """Chat, topic, wallet and token of each."""

    def is_edit(
        self, event: AlertEvent, watch: Watch, wallet_id: int, *, full_exit: bool | None = None
    ) -> bool:
        """Note an event that is sent to a watch; return whether an edit tells it.

        Args:
            event: what happened.
            watch: whose chat gets it.
            wallet_id: of the wallet.
            full_exit: as for `position_event`.
        """
        position = position_event(event, full_exit=full_exit) if watch.settings.living else None
        if position is None:
            return False
        key = (watch.chat_id, watch.topic_id, wallet_id, position.mint)
        was_open = key in self.keys and not position.is_entry
        (self.keys.discard if position.is_exit else self.keys.add)(key)
        return was_open and not position.is_exit


def living_id_of(delivery: ClaimedDelivery) -> int | None:
    """The living alert of whose message it is a part; None: it is announced by itself."""
    content = delivery.content
    living = content.living if isinstance(content, AlertContent) else content
    return living.living_id if isinstance(living, LivingMessage) else None
