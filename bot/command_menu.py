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

from messaging.languages.choice import LANGUAGES, locale_of
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.texts.help import COMMANDS, OPERATOR_COMMANDS, purpose_of

MAX_DESCRIPTION = 256
"""Characters that Telegram takes."""
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
        "language",
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
    """Set each menu that differs, in every language; a menu that cannot be set is logged and skipped.

    A client shows the menu of its own language, whatever its chat has chosen; without one that in English.
    """
    for language in LANGUAGES:
        locale = locale_of(language)
        people = [_command(*command, locale) for command in COMMANDS]
        groups = [command for command in people if command.command in _IN_GROUPS]
        code = None if locale is ENGLISH else language
        await _set(bot, BotCommandScopeAllPrivateChats(), people, code)
        await _set(bot, BotCommandScopeAllGroupChats(), groups, code)
    everything = [_command(*command, ENGLISH) for command in (*COMMANDS, *OPERATOR_COMMANDS)]
    for operator in operators:
        await _set(bot, BotCommandScopeChat(operator), everything)


async def _set(
    bot: Bot, scope: BotCommandScope, commands: Sequence[BotCommand], language: str | None = None
) -> None:
    try:
        if list(await bot.get_my_commands(scope, language)) != list(commands):
            await bot.set_my_commands(commands, scope, language)
    except TelegramError as error:
        log.info("The menu of %s is not set: %s", scope.type, error)
    except (TypeError, ValueError, AttributeError) as error:  # PTB's, on an answer of another shape
        log.warning("The menu of %s is not set, its answer is unreadable: %s", scope.type, error)


def _command(name: str, arguments: str, purpose: str, locale: Locale) -> BotCommand:
    return BotCommand(name, purpose_of(arguments, purpose, locale=locale)[:MAX_DESCRIPTION])
