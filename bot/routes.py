"""Which handler answers which command, button and answer, and who may ask: one table for all."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.dialog.awaited_input import Awaiting
from bot.dialog.reply import Reply
from bot.dialog.request import Request
from bot.handlers import (
    balance,
    broadcast,
    cancel,
    choice,
    deleteme,
    hours,
    instances,
    mute,
    mute_command,
    operators,
    pasted,
    pause,
    people,
    queues,
    rename,
    rules,
    scan,
    scanner,
    start,
    status,
    undo,
    unwatch,
    wallets,
    watch,
    whales,
    why,
)
from bot.handlers import help as help_handler
from bot.permissions import Permission
from bot.services.services import Services
from domain.activity.addresses import addresses_in, signature_in
from messaging.telegram.keyboards.alert import LESS, MUTE, SCAN, WHY
from messaging.telegram.keyboards.choice import PICK_PAGE
from messaging.telegram.keyboards.less import LESS_RULE, LESS_TOKEN
from messaging.telegram.keyboards.queues import BROADCAST, RETRY
from messaging.telegram.keyboards.rules import (
    DIGEST,
    FORGET,
    MUTE_PICK,
    MUTE_TOKEN,
    MUTE_WALLET,
    PAUSE,
    QUIET,
    RULE,
    TOKEN_PICK,
    ZONE,
)
from messaging.telegram.keyboards.start import BALANCE, FOLLOW
from messaging.telegram.keyboards.undo import UNDO
from messaging.telegram.keyboards.watches import DROP, LIST, LIST_DROP, LIST_MUTE, LIST_UNDO, NAME
from messaging.telegram.keyboards.whales import SCANNER, WHALES

Handler = Callable[[Request, Services], Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class Route:
    """A handler, and who may call it."""

    handler: Handler
    permission: Permission = Permission.ANYBODY
    may_look: bool = False
    """Who lacks the permission may still call it, read-only."""


COMMANDS: dict[str, Route] = {
    "start": Route(start.greet),
    "help": Route(help_handler.explain),
    "watch": Route(watch.watch, Permission.CHAT_ADMINS),
    "unwatch": Route(unwatch.unwatch, Permission.CHAT_ADMINS),
    "wallets": Route(wallets.wallets),
    "rename": Route(rename.rename, Permission.CHAT_ADMINS),
    "rules": Route(rules.rules, Permission.CHAT_ADMINS, may_look=True),
    "mute": Route(mute_command.mute, Permission.CHAT_ADMINS),
    "unmute": Route(pause.unmute, Permission.CHAT_ADMINS),
    "pause": Route(pause.pause, Permission.CHAT_ADMINS),
    "quiet": Route(hours.quiet, Permission.CHAT_ADMINS, may_look=True),
    "timezone": Route(hours.zone, Permission.CHAT_ADMINS, may_look=True),
    "digest": Route(hours.digest, Permission.CHAT_ADMINS, may_look=True),
    "why": Route(why.why),
    "balance": Route(balance.balance),
    "scan": Route(scan.scan),
    "whales": Route(whales.whales),
    "status": Route(status.status),
    "cancel": Route(cancel.cancel),
    "deleteme": Route(deleteme.ask, Permission.CHAT_ADMINS),
    "stats": Route(operators.stats, Permission.OPERATORS),
    "health": Route(operators.health, Permission.OPERATORS),
    "queues": Route(queues.queues, Permission.OPERATORS),
    "retryfailed": Route(queues.retry_failed, Permission.OPERATORS),
    "user": Route(people.user, Permission.OPERATORS),
    "tier": Route(people.tier, Permission.OPERATORS),
    "ban": Route(people.ban, Permission.OPERATORS),
    "unban": Route(people.unban, Permission.OPERATORS),
    "audit": Route(people.audit, Permission.OPERATORS),
    "broadcast": Route(broadcast.broadcast, Permission.OPERATORS),
    "instances": Route(instances.instances, Permission.OPERATORS),
    "scanner": Route(scanner.scanner, Permission.OPERATORS),
    "clearcache": Route(operators.clear_cache, Permission.OPERATORS),
}
"""By command, without slash."""

CALLBACKS: dict[str, Route] = {
    FOLLOW: Route(watch.follow_callback, Permission.CHAT_ADMINS),
    SCAN: Route(scan.scan_callback),
    BALANCE: Route(balance.balance_callback),
    MUTE: Route(mute.mute_callback, Permission.CHAT_ADMINS),
    WHY: Route(why.why_callback),
    LESS: Route(why.less_callback, Permission.CHAT_ADMINS),
    TOKEN_PICK: Route(mute_command.pick_token_callback, Permission.CHAT_ADMINS),
    DROP: Route(unwatch.drop_callback, Permission.CHAT_ADMINS),
    PICK_PAGE: Route(choice.page_callback),
    UNDO: Route(undo.undo_callback, Permission.CHAT_ADMINS),
    LESS_RULE: Route(rules.less_callback, Permission.CHAT_ADMINS),
    LESS_TOKEN: Route(mute_command.less_token_callback, Permission.CHAT_ADMINS),
    PAUSE: Route(pause.pause_callback, Permission.CHAT_ADMINS),
    LIST_UNDO: Route(wallets.undo_callback, Permission.CHAT_ADMINS),
    NAME: Route(rename.name_callback, Permission.CHAT_ADMINS),
    LIST: Route(wallets.page_callback),
    LIST_DROP: Route(wallets.drop_callback, Permission.CHAT_ADMINS),
    LIST_MUTE: Route(wallets.mute_callback, Permission.CHAT_ADMINS),
    RULE: Route(rules.rule_callback, Permission.CHAT_ADMINS),
    QUIET: Route(hours.quiet_callback, Permission.CHAT_ADMINS),
    ZONE: Route(hours.zone_callback, Permission.CHAT_ADMINS),
    DIGEST: Route(hours.digest_callback, Permission.CHAT_ADMINS),
    MUTE_PICK: Route(mute_command.pick_wallet_callback, Permission.CHAT_ADMINS),
    MUTE_WALLET: Route(mute_command.mute_wallet_callback, Permission.CHAT_ADMINS),
    MUTE_TOKEN: Route(mute_command.mute_token_callback, Permission.CHAT_ADMINS),
    FORGET: Route(deleteme.confirm_callback, Permission.CHAT_ADMINS),
    RETRY: Route(queues.retry_callback, Permission.OPERATORS),
    BROADCAST: Route(broadcast.broadcast_callback, Permission.OPERATORS),
    WHALES: Route(whales.page_callback),
    SCANNER: Route(scanner.scanner_callback, Permission.OPERATORS),
}
"""By the verb of the pressed button."""

ANSWERS: dict[str, Route] = {
    Awaiting.WATCH: Route(watch.watch, Permission.CHAT_ADMINS),
    Awaiting.BALANCE: Route(balance.balance),
    Awaiting.SCAN: Route(scan.scan),
    Awaiting.LABEL: Route(rename.label_answer, Permission.CHAT_ADMINS),
}
"""By what the bot's question waits for."""

UNKNOWN_COMMAND = Route(help_handler.unknown_command)
UNKNOWN_TEXT = Route(help_handler.unknown_text)
PASTED = Route(pasted.pasted)
TRANSACTION = Route(why.why)


def text_route(text: str) -> Route:
    """Which handler answers a text that is no command and no answer: by what was pasted."""
    if addresses_in(text):
        return PASTED
    return TRANSACTION if signature_in(text) is not None else UNKNOWN_TEXT
