"""A watch, one chat's following of one wallet, and what it wants to get: rules, quiet hours, digests."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import TypeVar

import msgspec

from domain.activity.activity import Kind
from domain.activity.addresses import short
from domain.patterns.found import DEFAULT_PATTERNS, PatternSettings
from domain.rules.noise import NoiseDay

FOREVER = datetime(9999, 1, 1, tzinfo=UTC)
"""Until when something is muted that is muted for good."""
FOREVER_SECONDS = timedelta(days=36_500).total_seconds()
"""A hundred years: a span without an end; the database adds it to its clock."""
MAX_TOKENS = 50
"""Tokens in one list of a rule, and muted ones of one chat."""
DAY_MINUTES = 24 * 60
T = TypeVar("T")
MAX_LABEL = 32
MAX_TAG = 16
MAX_TAGS = 5
"""Tags of one wallet."""
MAX_CHAT_TAGS = 30
"""Tags of one chat that have rules or are muted."""


class Rules(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which activities are sent. None: not set here; then the chat's rule counts, then the default.

    As it is stored: `{"min_usd": "5000", "kinds_off": ["other"], "first_buy_only": true, "never_tokens":
    ["EKpQ…"]}`.
    """

    min_usd: Decimal | None = None
    """Less than so many dollars is not sent; 0: no minimum."""
    max_usd: Decimal | None = None
    """More than so many dollars is not sent; 0: no maximum."""
    kinds_off: frozenset[Kind] | None = None
    """Kinds that are not sent."""
    first_buy_only: bool | None = None
    """Of the buys of a token only the first is sent."""
    full_exit_only: bool | None = None
    """Of the sells of a token only the one that leaves nothing is sent."""
    only_tokens: frozenset[str] | None = None
    """Mints; if there are any, nothing else is sent."""
    never_tokens: frozenset[str] | None = None
    """Mints that are never sent."""
    min_age_seconds: int | None = None
    """Of a token made a shorter time ago nothing is sent; 0: no minimum."""
    max_age_seconds: int | None = None
    """The same for one made a longer time ago; 0: no maximum."""
    min_market_cap: Decimal | None = None
    """Of a token that is worth less dollars altogether nothing is sent; 0: no minimum."""
    max_market_cap: Decimal | None = None
    """The same for one that is worth more; 0: no maximum."""
    min_liquidity: Decimal | None = None
    """Of a token whose pool holds less dollars nothing is sent; 0: no minimum."""
    min_percentile: int | None = None
    """A trade is sent only if so many percent of its wallet's own trades are smaller; 0: no minimum."""


NO_RULES = Rules()


@lru_cache(maxsize=4096)
def effective(own: Rules, chat: Rules) -> Rules:
    """Return what counts for a watch: its own rule, or else the chat's; excluded tokens add up."""
    if own == NO_RULES:
        return chat
    never = (own.never_tokens or frozenset()) | (chat.never_tokens or frozenset())
    return Rules(
        min_usd=_first(own.min_usd, chat.min_usd),
        max_usd=_first(own.max_usd, chat.max_usd),
        kinds_off=_first(own.kinds_off, chat.kinds_off),
        first_buy_only=_first(own.first_buy_only, chat.first_buy_only),
        full_exit_only=_first(own.full_exit_only, chat.full_exit_only),
        only_tokens=_first(own.only_tokens, chat.only_tokens),
        never_tokens=never or None,
        min_age_seconds=_first(own.min_age_seconds, chat.min_age_seconds),
        max_age_seconds=_first(own.max_age_seconds, chat.max_age_seconds),
        min_market_cap=_first(own.min_market_cap, chat.min_market_cap),
        max_market_cap=_first(own.max_market_cap, chat.max_market_cap),
        min_liquidity=_first(own.min_liquidity, chat.min_liquidity),
        min_percentile=_first(own.min_percentile, chat.min_percentile),
    )


def _first(own: T | None, chat: T | None) -> T | None:
    return chat if own is None else own


class Quiet(msgspec.Struct, frozen=True, kw_only=True):
    """Hours of the day in which nothing is sent, in minutes since midnight by the chat's wall clock.

    `{"begin":1320,"end":420}`.
    """

    begin: int
    end: int
    """The first minute that is not quiet; it may be less than `begin`: the night passes midnight."""


class Digest(StrEnum):
    """When alerts come that need not come at once."""

    OFF = "off"
    """Each at once."""
    HOURLY = "hourly"
    """Together, each full hour."""
    DAILY = "daily"
    """Together, once a day."""


class Field(StrEnum):
    """A part of an alert that a chat may leave out; the exact figures in its quotation always stand."""

    POSITION = "position"
    """Whether the position is new, or by how much it shrank."""
    MARKET = "market"
    """Market cap, liquidity, and the age of the token."""
    IMPACT = "impact"
    """By how much the trade moved the price."""
    DRIFT = "drift"
    """By how much it has moved since."""
    ROUTE = "route"
    """The venues that the trade went through."""


DEFAULT_SIZE_LIMIT = Decimal("0.05")


class Display(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What alerts of a chat look like. Sites: messaging/telegram/names.py; empty: no such link.

    `{"hidden":["route"],"explorer":"solscan","language":"es","size_usd":"500"}`.
    """

    hidden: frozenset[Field] = frozenset()
    explorer: str = "solscan"
    """Shows the transaction."""
    chart: str = "dexscreener"
    trade: str = "jupiter"
    """Where the token may be traded."""
    only_links: bool = False
    """Buttons are links alone: in a channel nobody may press another."""
    rich: bool = False
    """Tables come as Telegram's own, which older clients do not show."""
    noise: bool = False
    """Members of the group may call a wallet noise by a button."""
    ephemeral: bool = False
    """In the group, what Scan and Why show is seen by the person alone who pressed, where Telegram can."""
    bot: str = ""
    """The chat's own trading bot, by its name without @; empty: none."""
    bot_start: str = ""
    """What stands before the mint in the bot's start parameter, such as a referral."""
    language: str = ""
    """ISO 639 code of the language in which the chat reads; empty: nobody has chosen, so English."""
    numbers: str = ""
    """How it reads numbers, by a name of messaging/languages/numbers.py; empty: as its language has them."""
    size_usd: Decimal | None = None
    """What the readers would spend: a purchase says what they would get now; None: it does not."""
    size_limit: Decimal = DEFAULT_SIZE_LIMIT
    """How much more than its fill they would pay, as a part of it, before it is too late."""


DEFAULT_DISPLAY = Display()
DEFAULT_BUSY_ABOVE = 100
MAX_BUSY_ABOVE = 100


class ChatSettings(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the people of a chat have set for all that it follows.

    As it is stored: `{"rules": {"min_usd": "5000"}, "quiet": {"begin": 1320, "end": 420}, "zone":
    "Europe/Berlin", "digest": "daily"}`.
    """

    rules: Rules = NO_RULES
    quiet: Quiet | None = None
    zone: str = "UTC"
    """IANA name of the time zone of `quiet` and `digest_at`."""
    digest: Digest = Digest.OFF
    digest_at: int = 8 * 60
    """Minutes since midnight at which a daily digest comes."""
    exits_wake: bool = False
    """A sale that leaves next to nothing is sent at once, also in quiet hours and before the next digest."""
    per_hour: int | None = None
    """Alerts sent one by one in one hour; the others come together at the end of the hour."""
    paused_until: datetime | None = None
    """Nothing is sent before this time; None: not paused."""
    muted_tokens: dict[str, datetime] = msgspec.field(default_factory=dict)
    """Mint to the time until which nothing is sent of it."""
    tag_rules: dict[str, Rules] = msgspec.field(default_factory=dict)
    """Tag to what is sent of the wallets that bear it, unless they have a rule of their own."""
    muted_tags: dict[str, datetime] = msgspec.field(default_factory=dict)
    """Tag to the time until which nothing is sent of the wallets that bear it."""
    display: Display = DEFAULT_DISPLAY
    spam_line: bool = False
    """Once a day one line counts the spam that was silent, at the time of a daily digest."""
    busy_above: int = DEFAULT_BUSY_ABOVE
    """What a wallet does beyond so many events in a clock hour is summed up at its end; 0: nothing is."""
    per_day: int | None = None
    """About so many alerts a day, the most surprising; the others come with the digest. None: no budget."""
    living: bool = False
    """A position is one message, edited from its entry to its exit."""
    acts_for: int = 0
    """The channel for which this person's commands count; 0: for the private chat itself."""
    patterns: PatternSettings = DEFAULT_PATTERNS
    """Which patterns of followed wallets are sent."""


DEFAULT_SETTINGS = ChatSettings()


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """One chat's following of one wallet, with what it wants to hear."""

    watch_id: int
    chat_id: int
    topic_id: int
    """The forum topic to speak in; 0: none."""
    chain: str
    wallet: str
    label: str
    """What the people of the chat call the wallet; empty: no name given."""
    created_at: datetime
    since_slot: int | None = None
    """The newest slot when it was made: nothing up to it is sent; None: not known."""
    muted_until: datetime | None = None
    """Nothing is sent before this time; None: not muted."""
    over_limit: bool = False
    """It pauses: more wallets are followed than the tier allows, and it is among the newest."""
    is_banned: bool = False
    """Operators let nobody follow the wallet."""
    chat_closed: bool = False
    """The chat cannot be written to at present."""
    tags: tuple[str, ...] = ()
    """What the people of the chat file it under, without #; rules of the first count before the others'."""
    rules: Rules = NO_RULES
    """What is sent of this wallet."""
    settings: ChatSettings = DEFAULT_SETTINGS
    """What the chat has set for all its wallets."""
    is_holder: bool = False
    """Whether an address of the chat's own people holds a token that the event may hurt."""
    alerts_this_hour: int = 0
    """Alerts that the chat got one by one in this clock hour; counted only where there is a limit."""
    hourly_limit: int | None = None
    """Alerts one by one in an hour that the chat's tier allows; None: as many as there are."""
    noise: NoiseDay | None = None
    """How far its budget has come today; None: it has none."""
    has_webhooks: bool = False
    """Whether a webhook of the chat is on; checked by the fan-out only."""


def counting_rules(watch: Watch) -> Rules:
    """Return what counts for a watch: its own rule, else that of its tags, else the chat's."""
    settings = watch.settings
    rules = settings.rules
    for tag in reversed(watch.tags):
        rules = effective(settings.tag_rules.get(tag, NO_RULES), rules)
    return effective(watch.rules, rules)


def namesakes(watches: Sequence[Watch], watch: Watch) -> list[Watch]:
    """The other watches that bear the same name."""
    label = watch.label.casefold()
    return [one for one in watches if one.wallet != watch.wallet and one.label.casefold() == label != ""]


def distinguish(watches: Sequence[Watch], watch: Watch) -> Watch:
    """A watch with a name for people to read: if others share it, with the shortened address behind it."""
    if not namesakes(watches, watch):
        return watch
    return replace(watch, label=distinct_label(watch.label, watch.wallet))


def distinct_label(label: str, wallet: str) -> str:
    """A name that several wallets bear, with the shortened address behind it; as long as a name may be."""
    address = short(wallet)
    room = MAX_LABEL - len(address) - 1
    return f"{label if len(label) <= room else label[: room - 1].rstrip() + '…'} {address}"
