"""The routing tables: the handler and the permission of each command, button and answer."""

from msgspec import structs

from bot.dialog.awaited_input import Awaiting
from bot.dialog.choice import read_choice
from bot.dialog.request import Request
from bot.dialog.update import SentFile
from bot.handlers import (
    alert_outcomes,
    alerts,
    balance,
    broadcast,
    cancel,
    choice,
    deleteme,
    export,
    flags,
    groups,
    history,
    hours,
    imports,
    instances,
    language,
    mine,
    mute,
    mysize,
    operators,
    paper,
    pasted,
    patterns,
    pause,
    payers,
    people,
    portfolio,
    price,
    queues,
    records,
    rename,
    rules,
    scan,
    scanner,
    settings,
    share,
    start,
    status,
    tag,
    token_trades,
    topics,
    undo,
    unwatch,
    wallets,
    watch,
    web,
    webhooks,
    whales,
    why,
)
from bot.handlers import help as help_handler
from bot.permissions import Permission
from bot.route import Route
from chain.parsing.names import name_in
from domain.activity.addresses import addresses_in, signature_in
from messaging.telegram.callbacks import OldCallback
from messaging.telegram.keyboards.addresses import BALANCE, FOLLOW
from messaging.telegram.keyboards.alert import LESS, MUTE, NOISE, SCAN, WHY
from messaging.telegram.keyboards.choice import PICK, PICK_PAGE, UNDO
from messaging.telegram.keyboards.export import EXPORT
from messaging.telegram.keyboards.groups import ACCEPT, CHANNEL, CONFIRM
from messaging.telegram.keyboards.history import HISTORY
from messaging.telegram.keyboards.hours import DIGEST, QUIET, ZONE
from messaging.telegram.keyboards.language import LANGUAGE
from messaging.telegram.keyboards.mine import FORGET_MINE
from messaging.telegram.keyboards.paper import PAPER_CHART, PAPER_FILLS, PAPER_PAGE, PAPER_SET
from messaging.telegram.keyboards.pattern import MEET, PATTERN
from messaging.telegram.keyboards.payers import GIVE_UP, TAKE_OVER
from messaging.telegram.keyboards.queues import ALERTS, BROADCAST, RETRY
from messaging.telegram.keyboards.records import EQUITY
from messaging.telegram.keyboards.rules import (
    FORGET,
    MUTE_PICK,
    MUTE_TAG,
    MUTE_TOKEN,
    MUTE_WALLET,
    PAUSE,
    RULE,
    TOKEN_PICK,
)
from messaging.telegram.keyboards.settings import CARD, HOURS, SETTING
from messaging.telegram.keyboards.share import REVOKE, SHARE_NAME
from messaging.telegram.keyboards.start import FIRST_ZONE
from messaging.telegram.keyboards.token import CHART, PRICE_DROP, PRICE_SET
from messaging.telegram.keyboards.token_trades import TRADES_END
from messaging.telegram.keyboards.topics import BRING_HERE
from messaging.telegram.keyboards.watches import DROP, LIST, LIST_DROP, LIST_MUTE, LIST_UNDO, NAME
from messaging.telegram.keyboards.webhooks import WEBHOOK
from messaging.telegram.keyboards.whales import SCANNER, WHALES
from messaging.telegram.keyboards.why import LESS_RULE, LESS_TOKEN, WHY_PAGE
from services.services import Services

COMMANDS: dict[str, Route] = {
    "start": Route(start.greet),
    "help": Route(help_handler.explain),
    "watch": Route(watch.watch, Permission.CHAT_ADMINS),
    "unwatch": Route(unwatch.unwatch, Permission.CHAT_ADMINS),
    "wallets": Route(wallets.wallets),
    "rename": Route(rename.rename, Permission.CHAT_ADMINS),
    "tag": Route(tag.tag, Permission.CHAT_ADMINS),
    "channel": Route(groups.channel),
    "topic": Route(topics.topic, Permission.CHAT_ADMINS),
    "payer": Route(payers.payer, Permission.CHAT_ADMINS),
    "share": Route(share.share, Permission.CHAT_ADMINS),
    "import": Route(imports.import_list, Permission.CHAT_ADMINS),
    "export": Route(export.export),
    "rules": Route(rules.rules, Permission.CHAT_ADMINS, allows_read_only=True),
    "mute": Route(mute.mute, Permission.CHAT_ADMINS),
    "unmute": Route(pause.unmute, Permission.CHAT_ADMINS),
    "pause": Route(pause.pause, Permission.CHAT_ADMINS),
    "quiet": Route(hours.quiet, Permission.CHAT_ADMINS, allows_read_only=True),
    "timezone": Route(hours.zone, Permission.CHAT_ADMINS, allows_read_only=True),
    "digest": Route(hours.digest, Permission.CHAT_ADMINS, allows_read_only=True),
    "trades": Route(token_trades.trades, Permission.CHAT_ADMINS, allows_read_only=True),
    "mine": Route(mine.mine, Permission.CHAT_ADMINS, allows_read_only=True),
    "patterns": Route(patterns.patterns, Permission.CHAT_ADMINS, allows_read_only=True),
    "confluence": Route(patterns.patterns, Permission.CHAT_ADMINS, allows_read_only=True),
    "settings": Route(settings.settings, Permission.CHAT_ADMINS, allows_read_only=True),
    "language": Route(language.language, Permission.CHAT_ADMINS, allows_read_only=True),
    "mysize": Route(mysize.mysize, Permission.CHAT_ADMINS, allows_read_only=True),
    "why": Route(why.why),
    "balance": Route(balance.balance),
    "portfolio": Route(portfolio.portfolio),
    "price": Route(price.price, Permission.CHAT_ADMINS, allows_read_only=True),
    "token": Route(price.token),
    "paper": Route(paper.paper, Permission.CHAT_ADMINS, allows_read_only=True),
    "wallet": Route(records.wallet),
    "pnl": Route(records.pnl),
    "top": Route(records.top),
    "record": Route(alert_outcomes.record),
    "history": Route(history.history),
    "scan": Route(scan.scan),
    "whales": Route(whales.whales),
    "web": Route(web.web),
    "apikey": Route(web.apikey),
    "webhooks": Route(webhooks.webhooks),
    "status": Route(status.status),
    "cancel": Route(cancel.cancel),
    "deleteme": Route(deleteme.ask, Permission.CHAT_ADMINS),
    "stats": Route(operators.stats, Permission.OPERATORS),
    "health": Route(operators.health, Permission.OPERATORS),
    "alerts": Route(alerts.alerts, Permission.OPERATORS),
    "limits": Route(operators.limits, Permission.OPERATORS),
    "flags": Route(flags.flags, Permission.OPERATORS),
    "errors": Route(operators.errors, Permission.OPERATORS),
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
    FOLLOW: Route(watch.follow_callback, Permission.CHAT_ADMINS, command="watch"),
    SCAN: Route(scan.scan_callback, command="scan"),
    BALANCE: Route(balance.balance_callback, command="balance"),
    CHART: Route(price.chart_callback, command="token"),
    EQUITY: Route(records.equity_callback, command="wallet"),
    PRICE_SET: Route(price.set_callback, Permission.CHAT_ADMINS, command="price"),
    WEBHOOK: Route(webhooks.webhook_callback, command="webhooks"),
    PAPER_SET: Route(paper.change_callback, Permission.CHAT_ADMINS, command="paper"),
    PAPER_FILLS: Route(paper.fills_callback, command="paper"),
    PAPER_CHART: Route(paper.chart_callback, command="paper"),
    PAPER_PAGE: Route(paper.page_callback, command="paper"),
    PRICE_DROP: Route(price.drop_callback, Permission.CHAT_ADMINS, command="price"),
    MUTE: Route(mute.mute_callback, Permission.CHAT_ADMINS, command="mute"),
    WHY: Route(why.why_callback, command="why"),
    WHY_PAGE: Route(why.page_callback, command="why"),
    LESS: Route(why.less_callback, Permission.CHAT_ADMINS, command="why"),
    TOKEN_PICK: Route(mute.pick_token_callback, Permission.CHAT_ADMINS, command="mute"),
    DROP: Route(unwatch.drop_callback, Permission.CHAT_ADMINS, command="unwatch"),
    PICK_PAGE: Route(choice.page_callback),
    HISTORY: Route(history.page_callback, command="history"),
    UNDO: Route(undo.undo_callback, Permission.CHAT_ADMINS),
    LESS_RULE: Route(rules.less_callback, Permission.CHAT_ADMINS, command="rules"),
    LESS_TOKEN: Route(mute.less_token_callback, Permission.CHAT_ADMINS, command="mute"),
    PAUSE: Route(pause.pause_callback, Permission.CHAT_ADMINS, command="pause"),
    LIST_UNDO: Route(wallets.undo_callback, Permission.CHAT_ADMINS, command="wallets"),
    NAME: Route(rename.name_callback, Permission.CHAT_ADMINS, command="rename"),
    LIST: Route(wallets.page_callback, command="wallets"),
    LIST_DROP: Route(wallets.drop_callback, Permission.CHAT_ADMINS, command="wallets"),
    LIST_MUTE: Route(wallets.mute_callback, Permission.CHAT_ADMINS, command="wallets"),
    RULE: Route(rules.rule_callback, Permission.CHAT_ADMINS, command="rules"),
    QUIET: Route(hours.quiet_callback, Permission.CHAT_ADMINS, command="quiet"),
    ZONE: Route(hours.zone_callback, Permission.CHAT_ADMINS, command="timezone"),
    DIGEST: Route(hours.digest_callback, Permission.CHAT_ADMINS, command="digest"),
    HOURS: Route(hours.hours_callback, Permission.CHAT_ADMINS, command="settings"),
    LANGUAGE: Route(language.language_callback, Permission.CHAT_ADMINS, command="language"),
    CARD: Route(settings.card_callback, Permission.CHAT_ADMINS, command="settings"),
    FIRST_ZONE: Route(start.zone_callback, Permission.CHAT_ADMINS, command="timezone"),
    SETTING: Route(settings.setting_callback, Permission.CHAT_ADMINS, command="settings"),
    TRADES_END: Route(token_trades.end_callback, Permission.CHAT_ADMINS, command="trades"),
    FORGET_MINE: Route(mine.forget_callback, Permission.CHAT_ADMINS, command="mine"),
    PATTERN: Route(patterns.pattern_callback, Permission.CHAT_ADMINS, command="patterns"),
    MEET: Route(patterns.meet_callback, Permission.CHAT_ADMINS, command="patterns"),
    MUTE_PICK: Route(mute.pick_wallet_callback, Permission.CHAT_ADMINS, command="mute"),
    MUTE_WALLET: Route(mute.mute_wallet_callback, Permission.CHAT_ADMINS, command="mute"),
    MUTE_TAG: Route(mute.mute_tag_callback, Permission.CHAT_ADMINS, command="mute"),
    MUTE_TOKEN: Route(mute.mute_token_callback, Permission.CHAT_ADMINS, command="mute"),
    EXPORT: Route(export.export_callback, command="export"),
    CONFIRM: Route(groups.confirm_callback),
    ACCEPT: Route(groups.accept_callback),
    CHANNEL: Route(groups.channel_callback, command="channel"),
    TAKE_OVER: Route(payers.take_over_callback, command="payer"),
    BRING_HERE: Route(topics.bring_callback, Permission.CHAT_ADMINS, command="topic"),
    GIVE_UP: Route(payers.give_up_callback, command="payer"),
    SHARE_NAME: Route(share.name_callback, command="share"),
    REVOKE: Route(share.revoke_callback, Permission.CHAT_ADMINS, command="share"),
    NOISE: Route(groups.noise_callback, command="mute"),
    FORGET: Route(deleteme.confirm_callback, Permission.CHAT_ADMINS, command="deleteme"),
    ALERTS: Route(alerts.alerts_callback, Permission.OPERATORS),
    RETRY: Route(queues.retry_callback, Permission.OPERATORS),
    BROADCAST: Route(broadcast.broadcast_callback, Permission.OPERATORS),
    WHALES: Route(whales.page_callback, command="whales"),
    SCANNER: Route(scanner.scanner_callback, Permission.OPERATORS),
}
"""By the verb of the pressed button."""

ANSWERS: dict[str, Route] = {
    Awaiting.WATCH: Route(watch.watch, Permission.CHAT_ADMINS, command="watch"),
    Awaiting.BALANCE: Route(balance.balance, command="balance"),
    Awaiting.SCAN: Route(scan.scan, command="scan"),
    Awaiting.IMPORT: Route(imports.import_list, Permission.CHAT_ADMINS, command="import"),
    Awaiting.LABEL: Route(rename.label_answer, Permission.CHAT_ADMINS, command="rename"),
}
"""By what the bot's question waits for."""
UNKNOWN_COMMAND = Route(help_handler.unknown_command)
UNKNOWN_TEXT = Route(help_handler.unknown_text)
PASTED = Route(pasted.pasted)
TRANSACTION = Route(why.why, command="why")
SOL_NAME = Route(pasted.sol_name)
LIST_FILE = Route(imports.import_list, Permission.CHAT_ADMINS, command="import")


def text_route(text: str, file: SentFile | None = None) -> Route:
    """Return which handler answers a message that is no command and no answer: by what was pasted or sent."""
    if file is not None and imports.may_be_list(file):
        return LIST_FILE
    if addresses_in(text):
        return PASTED
    if name_in(text) is not None:
        return SOL_NAME
    return TRANSACTION if signature_in(text) is not None else UNKNOWN_TEXT


async def callback_route(services: Services, request: Request) -> tuple[Route, Request]:
    """The route of a pressed button, and the request for its handler.

    Raises:
        OldCallback: there is no such button any more.
    """
    if request.verb != PICK:
        if request.verb not in CALLBACKS:
            raise OldCallback
        return CALLBACKS[request.verb], request
    key, index = request.arguments
    choice = await read_choice(services, key, chat_id=request.target.chat_id)
    if choice is None or choice.command not in COMMANDS:
        raise OldCallback
    words = choice.words(int(index))
    return COMMANDS[choice.command], structs.replace(
        request, command=choice.command, words=words, arguments=()
    )
