"""The command menus in Telegram: for people, for groups, for each operator. A menu grants no permission."""

import logging
from collections.abc import Iterable, Sequence

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)
from telegram.error import TelegramError

from messaging.telegram.texts.help import COMMANDS, OPERATOR_COMMANDS

log = logging.getLogger(__name__)

_IN_GROUPS = frozenset(
    {
        "watch",
        "unwatch",
        "wallets",
        "rename",
        "tag",
        "share",
        "import",
        "export",
        "rules",
        "mute",
        "unmute",
        "pause",
        "quiet",
        "patterns",
        "settings",
        "mysize",
        "why",
        "balance",
        "portfolio",
        "token",
        "price",
        "wallet",
        "pnl",
        "top",
        "record",
        "history",
        "scan",
        "whales",
        "payer",
        "topic",
        "status",
        "help",
    }
)


async def set_menus(bot: Bot, operators: Iterable[int]) -> None:
    """Set each menu that differs; a menu that cannot be set is logged and skipped."""
    people = [_command(*command) for command in COMMANDS]
    groups = [command for command in people if command.command in _IN_GROUPS]
    everything = [*people, *(_command(*command) for command in OPERATOR_COMMANDS)]
    await _set(bot, BotCommandScopeAllPrivateChats(), people)
    await _set(bot, BotCommandScopeAllGroupChats(), groups)
    for operator in operators:
        await _set(bot, BotCommandScopeChat(operator), everything)


async def _set(bot: Bot, scope: BotCommandScope, commands: Sequence[BotCommand]) -> None:
    try:
        if list(await bot.get_my_commands(scope)) != list(commands):
            await bot.set_my_commands(commands, scope)
    except TelegramError as error:
        log.info("The menu of %s is not set: %s", scope.type, error)
    except (TypeError, ValueError, AttributeError) as error:  # PTB's, on an answer of another shape
        log.warning("The menu of %s is not set, its answer is unreadable: %s", scope.type, error)


def _command(name: str, arguments: str, purpose: str) -> BotCommand:
    return BotCommand(name, f"{arguments}: {purpose}" if arguments else purpose)
