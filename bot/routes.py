"""Which handler answers what, and who may ask: the one table of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum, auto

from bot.dialog.awaited_input import Awaiting
from bot.dialog.reply import Reply
from bot.dialog.request import Request
from bot.handlers import (
    balance,
    broadcast,
    cancel,
    deleteme,
    hours,
    instances,
    mute,
    mute_command,
    operators,
    people,
    queues,
    rename,
    rules,
    scan,
    scanner,
    start,
    status,
    unwatch,
    wallets,
    watch,
    whales,
    why,
)
from bot.handlers import help as helping
from bot.services.services import Desk
from messaging.telegram.keyboards.alert import LESS, MUTE, SCAN, WHY
from messaging.telegram.keyboards.queues import BROADCAST, RETRY
from messaging.telegram.keyboards.rules import (
    DIGEST,
    FORGET,
    MUTE_PICK,
    MUTE_TOKEN,
    MUTE_WALLET,
    QUIET,
    RULE,
    TOKEN_PICK,
    ZONE,
)
from messaging.telegram.keyboards.start import BALANCE, FOLLOW
from messaging.telegram.keyboards.watches import DROP, LIST, LIST_DROP, LIST_MUTE, NAME
from messaging.telegram.keyboards.whales import SCANNER, WHALES

Handler = Callable[[Request, Desk], Awaitable[Reply]]


class Who(Enum):
    """Who may ask."""

    ANYBODY = auto()
    SETTLERS = auto()
    """In private chats the person, in groups only admins."""
    OPERATORS = auto()
    """Those named in ADMIN_IDS, in their private chat, in their own words."""


@dataclass(frozen=True, slots=True)
class Route:
    """A handler and who may ask it."""

    handler: Handler
    who: Who = Who.ANYBODY


COMMANDS: dict[str, Route] = {
    "start": Route(start.greet),
    "help": Route(helping.explain),
    "watch": Route(watch.watch, Who.SETTLERS),
    "unwatch": Route(unwatch.unwatch, Who.SETTLERS),
    "wallets": Route(wallets.wallets),
    "rename": Route(rename.rename, Who.SETTLERS),
    "rules": Route(rules.rules, Who.SETTLERS),
    "mute": Route(mute_command.mute, Who.SETTLERS),
    "quiet": Route(hours.quiet, Who.SETTLERS),
    "timezone": Route(hours.zone, Who.SETTLERS),
    "digest": Route(hours.digest, Who.SETTLERS),
    "why": Route(why.why),
    "balance": Route(balance.balance),
    "scan": Route(scan.scan),
    "whales": Route(whales.whales),
    "status": Route(status.status),
    "cancel": Route(cancel.cancel),
    "deleteme": Route(deleteme.ask, Who.SETTLERS),
    "stats": Route(operators.stats, Who.OPERATORS),
    "health": Route(operators.health, Who.OPERATORS),
    "queues": Route(queues.queues, Who.OPERATORS),
    "retryfailed": Route(queues.retry_failed, Who.OPERATORS),
    "user": Route(people.user, Who.OPERATORS),
    "tier": Route(people.tier, Who.OPERATORS),
    "ban": Route(people.ban, Who.OPERATORS),
    "unban": Route(people.unban, Who.OPERATORS),
    "audit": Route(people.audit, Who.OPERATORS),
    "broadcast": Route(broadcast.broadcast, Who.OPERATORS),
    "instances": Route(instances.instances, Who.OPERATORS),
    "scanner": Route(scanner.scanner, Who.OPERATORS),
}
"""By command, without slash."""

TAPS: dict[str, Route] = {
    FOLLOW: Route(watch.follow_tapped, Who.SETTLERS),
    SCAN: Route(scan.scan_tapped),
    BALANCE: Route(balance.balance_tapped),
    MUTE: Route(mute.mute_tapped, Who.SETTLERS),
    WHY: Route(why.why_tapped),
    LESS: Route(why.less_tapped, Who.SETTLERS),
    TOKEN_PICK: Route(mute_command.token_picked, Who.SETTLERS),
    DROP: Route(unwatch.drop_tapped, Who.SETTLERS),
    NAME: Route(rename.name_tapped, Who.SETTLERS),
    LIST: Route(wallets.page_tapped),
    LIST_DROP: Route(wallets.drop_tapped, Who.SETTLERS),
    LIST_MUTE: Route(wallets.mute_tapped, Who.SETTLERS),
    RULE: Route(rules.rule_tapped, Who.SETTLERS),
    QUIET: Route(hours.quiet_tapped, Who.SETTLERS),
    ZONE: Route(hours.zone_tapped, Who.SETTLERS),
    DIGEST: Route(hours.digest_tapped, Who.SETTLERS),
    MUTE_PICK: Route(mute_command.picked, Who.SETTLERS),
    MUTE_WALLET: Route(mute_command.wallet_tapped, Who.SETTLERS),
    MUTE_TOKEN: Route(mute_command.token_tapped, Who.SETTLERS),
    FORGET: Route(deleteme.tapped, Who.SETTLERS),
    RETRY: Route(queues.retry_tapped, Who.OPERATORS),
    BROADCAST: Route(broadcast.broadcast_tapped, Who.OPERATORS),
    WHALES: Route(whales.page_tapped),
    SCANNER: Route(scanner.scanner_tapped, Who.OPERATORS),
}
"""By the verb of a tapped button."""

ANSWERS: dict[str, Route] = {
    Awaiting.WATCH: Route(watch.watch, Who.SETTLERS),
    Awaiting.BALANCE: Route(balance.balance),
    Awaiting.SCAN: Route(scan.scan),
    Awaiting.LABEL: Route(rename.name_given, Who.SETTLERS),
}
"""By what the conversation waits for."""

UNKNOWN_COMMAND = Route(helping.not_a_command)
ANYTHING_ELSE = Route(helping.wonder)
