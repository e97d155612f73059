"""The gates that an activity passes before an alert is sent, the facts they ask for, and the reasons. Pure.

The reasons, the rules and facts of that moment, are kept with each delivery.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

import msgspec

from domain.activity.activity import TRADES, Activity, Kind
from domain.rules.noise import OwnHistory
from domain.rules.rules import DEFAULT_SETTINGS, NO_RULES, ChatSettings, Rules, Watch, counting_rules


class Gate(StrEnum):
    """The gate that decided. Every gate but `WANTED` stops an alert or defers it."""

    WANTED = "wanted"
    REVERTED = "reverted"
    """It was seen before it was confirmed, and died with its fork."""
    CHAT_CLOSED = "chat_closed"
    """The chat blocked the bot or is gone."""
    BEFORE_WATCH = "before_watch"
    """It was seen, or happened, before the chat followed the wallet."""
    WALLET_BANNED = "wallet_banned"
    """Operators let nobody follow the wallet."""
    OVER_WATCH_LIMIT = "over_watch_limit"
    """More wallets are followed than the tier allows, and this is one of the newest."""
    PAUSED = "paused"
    """The chat wants no alerts at all for a while."""
    MUTED = "muted"
    TOKEN_MUTED = "token_muted"  # noqa: S105 - a token of the chain
    KIND_OFF = "kind_off"
    PATTERN_OFF = "pattern_off"
    """The chat wants no patterns of this sort."""
    DUST = "dust"
    """Less than a dollar came in, of whatever currency."""
    LOOK_ALIKE = "look_alike"
    """Something of next to no worth came from an address that only looks like one the wallet deals with."""
    LINK_NAME = "link_name"
    """A token came in unasked that is called like a website."""
    BLAST = "blast"
    """Something of next to no worth came that many others got in the same transaction."""
    SPAM = "spam"
    """A token of no known value came in unasked."""
    TOKEN_NOT_LISTED = "token_not_listed"  # noqa: S105 - the same
    """The rules name the only tokens that are sent, and this is none of them."""
    TOKEN_EXCLUDED = "token_excluded"  # noqa: S105 - the same
    BELOW_MINIMUM = "below_minimum"
    ABOVE_MAXIMUM = "above_maximum"
    NOT_FIRST_BUY = "not_first_buy"
    NOT_FULL_EXIT = "not_full_exit"
    TOO_YOUNG = "too_young"
    """The token was made a shorter time ago than the rules ask for."""
    TOO_OLD = "too_old"
    MARKET_CAP_TOO_LOW = "market_cap_too_low"
    """All of the token together is worth less than the rules ask for."""
    MARKET_CAP_TOO_HIGH = "market_cap_too_high"
    LIQUIDITY_TOO_LOW = "liquidity_too_low"
    """Less lies in the pool of the trade than the rules ask for."""
    BELOW_PERCENTILE = "below_percentile"
    """More of the wallet's own trades are larger than the rules admit."""
    QUIET = "quiet"
    """It comes in one digest when the quiet hours end."""
    DIGEST = "digest"
    """The chat gets everything in digests."""
    BUDGET = "budget"
    """It is less surprising than what the chat's budget of the day has room for; it comes with the digest."""
    HOUR_FULL = "hour_full"
    """The chat has got as many alerts in this hour as it wants; the rest comes together at its end."""
    TIER_FULL = "tier_full"
    """The same for what the chat's tier allows."""
    WALLET_BUSY = "wallet_busy"
    """The wallet has done so much in this hour that the rest of it comes together at its end."""


class GateResult(StrEnum):
    """What a gate decides about an activity."""

    PASSED = "passed"
    UNKNOWN = "unknown"
    """What the gate needs is not known: that never stops an alert, and the message names it."""
    DEFERRED = "deferred"
    STOPPED = "stopped"


DEFERRING = frozenset(
    {Gate.QUIET, Gate.DIGEST, Gate.BUDGET, Gate.HOUR_FULL, Gate.TIER_FULL, Gate.WALLET_BUSY}
)
"""They never stop an alert, they only defer it."""
OVER_LIMIT = frozenset({Gate.HOUR_FULL, Gate.TIER_FULL, Gate.WALLET_BUSY})
"""They defer what exceeds the number of alerts one by one in an hour: of a chat, or of one wallet."""


_OF_SOME_KINDS = {
    Gate.NOT_FIRST_BUY: {Kind.BUY},
    Gate.NOT_FULL_EXIT: {Kind.SELL},
    Gate.BELOW_PERCENTILE: TRADES,
}


def asked_of(activity: Activity) -> frozenset[Gate]:
    """The gates that ask something of this kind of activity."""
    return frozenset(Gate).difference(
        gate for gate, kinds in _OF_SOME_KINDS.items() if activity.kind not in kinds
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Whether an activity is to be delivered, with the gate that decided."""

    gate: Gate
    due_at: datetime | None = None
    """When it is sent, where a gate defers it; None: at once, or never."""
    unknown: tuple[Gate, ...] = ()
    """Gates that let it pass because what they need is not known."""
    surprise: float | None = None
    """How surprising it is for its wallet, where the chat's budget asks for that."""
    bar: float | None = None
    """How surprising it had to be; None: nothing more was to come on that day."""
    outranks: bool = False
    """Whether it comes past all that the chat has set, since its own people hold the token."""

    @property
    def wanted(self) -> bool:
        """Whether the chat gets a message at once."""
        return self.gate is Gate.WANTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known beyond the activity itself. None: not known."""

    usd: Decimal | None = None
    """Dollars that changed hands."""
    is_usd_certain: bool = True
    """Whether they rest on money, well-known tokens and pools of enough depth, not on trades alone."""
    first_buy: bool | None = None
    """Whether the wallet had never got the bought token before, as far as it was watched."""
    full_exit: bool | None = None
    """Whether nothing is left of what was sold, or sent away, of all that the wallet was seen to get; of a
    trade it counts only where the transaction shows no balances (domain/activity/exits.py)."""
    token_age: timedelta | None = None
    """How long ago the token was made."""
    token_age_at_least: timedelta | None = None
    """It is as old as this or older, where it is not known when it was made."""
    tokens_known: bool | None = None
    """Whether the wallet ever dealt itself with a token that came in unasked; not asked for other events."""
    knows_sender: bool | None = None
    """Whether the wallet ever sent something to who sent this; not asked where nothing came in unasked."""
    imitated_sender: str | None = None
    """The address that the sender looks like, and is not: one that the wallet sent to, or its own."""
    events_this_hour: int = 0
    """Of the wallet, stored before this one in this clock hour; counted up to `MAX_BUSY_ABOVE`."""
    own: OwnHistory | None = None
    """What it is beside what its wallet did before; asked for where a rule or a budget needs it."""
    names_site: bool | None = None
    """Whether a token that came in is called like a website; asked for the same."""
    market_cap: Decimal | None = None
    """Dollars that all of the token would fetch at the price of this very trade."""
    liquidity: Decimal | None = None
    """Dollars that lie in the pool of this very trade, on both sides."""


NO_FACTS = Facts()


class Reasons(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The rules as they were, and what was known.

    As it is stored with a decision: `{"rules":{"min_usd":"5000"},"usd":"4200","unknown":["too_young"]}`.
    """

    rules: Rules = NO_RULES
    """The watch's and the chat's together."""
    settings: ChatSettings = DEFAULT_SETTINGS
    """The chat's other settings; its rules stand in `rules`."""
    usd: Decimal | None = None
    unknown: tuple[Gate, ...] = ()
    """Gates that let it pass because what they need was not known."""
    hourly_limit: int | None = None
    """Alerts an hour that the chat's tier allowed, where that deferred the alert."""
    nearing_limit: int | None = None
    """The same, where with this alert most of them are used in this hour."""
    age_seconds: int | None = None
    """How old the token was."""
    own_trades: int | None = None
    """Earlier trades of the wallet that it was compared with."""
    rank: float | None = None
    """The part of them that was smaller."""
    surprise: float | None = None
    bar: float | None = None
    """How surprising it had to be; None: nothing more was to come on that day, or there was no budget."""
    market_cap: Decimal | None = None
    liquidity: Decimal | None = None
    is_holder: bool = False
    """Whether an address of the chat's own people holds its token."""
    outranks: bool = False
    """Whether it came since they do, past all that the chat has set."""


NO_REASONS = Reasons()


def reasons_text(
    watch: Watch, facts: Facts, decision: Decision, *, nearing_limit: int | None = None
) -> str | None:
    """The reasons as JSON; None where the chat had set nothing and got the alert at once.

    Args:
        watch: with its rules and those of its chat.
        facts: what was known.
        decision: what the gates made of both.
        nearing_limit: the tier's alerts an hour, where with this one most of them are used.
    """
    capped = watch.hourly_limit if decision.gate is Gate.TIER_FULL else None
    is_plain = watch.rules == NO_RULES and watch.settings == DEFAULT_SETTINGS
    if capped is nearing_limit is None and is_plain and not watch.is_holder:
        return None
    reasons = Reasons(
        rules=counting_rules(watch),
        settings=msgspec.structs.replace(
            watch.settings, rules=NO_RULES, muted_tokens={}, tag_rules={}, muted_tags={}
        ),
        usd=facts.usd,
        unknown=decision.unknown,
        hourly_limit=capped,
        nearing_limit=nearing_limit,
        age_seconds=None if facts.token_age is None else int(facts.token_age.total_seconds()),
        own_trades=None if facts.own is None else facts.own.trades,
        rank=None if facts.own is None else facts.own.rank,
        surprise=decision.surprise,
        bar=decision.bar,
        market_cap=_whole(facts.market_cap),
        liquidity=_whole(facts.liquidity),
        is_holder=watch.is_holder,
        outranks=decision.outranks,
    )
    return msgspec.json.encode(reasons).decode()


def _whole(dollars: Decimal | None) -> Decimal | None:
    return None if dollars is None else dollars.to_integral_value()


def read_reasons(text: str | None) -> Reasons:
    """The reasons in a row."""
    return NO_REASONS if text is None else msgspec.json.decode(text, type=Reasons)
