"""What the bot can do, the first screen, and what it says when it cannot. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache

from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.escaping import clean, escape
from messaging.telegram.texts.times import time_of_day

COMMANDS: Sequence[tuple[str, str, str]] = (
    ("start", "", "show the welcome message"),
    ("watch", "ADDRESS name", "follow a wallet, or a list of them"),
    ("unwatch", "ADDRESS or name", "stop following"),
    ("wallets", "", "what you follow, mute, unfollow"),
    ("rename", "ADDRESS or name, new name", "rename a wallet"),
    ("tag", "wallet degen", "file wallets under tags, for rules, mutes, lists"),
    ("share", "#tag", "share your wallets by a link and a QR picture"),
    ("channel", "", "manage a channel of yours from here"),
    ("topic", "", "bring all alerts of a group to this topic"),
    ("payer", "", "whose limits count in a group, and handing that on"),
    ("import", "a list or a file", "follow up to 500 wallets at once"),
    ("export", "", "your wallets, their history, whales found, as a file"),
    ("rules", "wallet", "which alerts you get: dollars, types, tokens"),
    ("mute", "wallet or token, 1h, 1d, forever", "silence a wallet or token"),
    ("unmute", "wallet, token or all", "end a mute"),
    ("pause", "1h", "stop all alerts for a while"),
    ("quiet", "23:00-07:00", "hold alerts overnight"),
    ("timezone", "Berlin", "your time zone"),
    ("digest", "off, hourly or daily 08:00", "bundle alerts, or cap them per hour"),
    ("trades", "[MINT] [10k]", "all large trades of a token, whoever trades"),
    ("mine", "[ADDRESS]", "what you hold: its exits and drains always wake you"),
    ("patterns", "", "who buys or leaves together, slices, sleepers, moves"),
    ("confluence", "[3 30m|off]", "how many owners must buy one token, within how long"),
    ("language", "español", "the language that you read, and how numbers are written"),
    ("settings", "", "links, parts of an alert, spam, busy wallets"),
    ("mysize", "500", "what you would get now, in each purchase"),
    ("why", "transaction, wallet or token", "why an alert came or not; also as a reply to an alert"),
    ("balance", "ADDRESS or name", "what a wallet holds"),
    ("portfolio", "", "what all your wallets hold"),
    ("token", "MINT or symbol", "price, chart, market, which of your wallets hold it"),
    ("paper", "Ahab 0.5", "follow a wallet with virtual money; alone: what it made"),
    ("price", "MINT or symbol, 10% or above 1.20", "a price, and alerts when it changes; alone: the list"),
    ("wallet", "ADDRESS or name", "how a wallet trades and what it has made"),
    ("pnl", "wallet, 7d, 30d or all", "what your wallets have made"),
    ("top", "wins or median", "your wallets by what they have made"),
    ("record", "wallet or rule", "how your alerts turned out after 1 h and 24 h"),
    ("history", "wallet or token", "what your wallets did, page by page"),
    ("scan", "MINT or symbol", "check a token for risks"),
    ("whales", "", "the largest wallets found"),
    ("web", "", "your alerts and wallets as a page"),
    ("apikey", "new, or delete 1", "keys for your own programs"),
    ("webhooks", "https://…", "push your alerts to your own programs, Discord or Slack"),
    ("status", "", "how fresh the data is"),
    ("help", "", "this list"),
    ("cancel", "", "cancel the current question"),
    ("deleteme", "", "delete all data of this chat"),
)
"""Command, its arguments, and what it does in a few words; the menu in Telegram is made of it too."""
OPERATOR_COMMANDS: Sequence[tuple[str, str, str]] = (
    ("stats", "", "counts, latency, queues"),
    ("health", "", "how each part of the system is"),
    ("alerts", "", "what is wrong now, since when, who takes care of it"),
    ("errors", "", "what went wrong lately, by kind"),
    ("limits", "", "every limit as it is set"),
    ("flags", "off COMMAND 2h", "switch a command off for a while, or on"),
    ("queues", "", "what waits, runs and fails"),
    ("retryfailed", "queue or cause", "retry failed jobs and messages"),
    ("user", "ID", "one person or group"),
    ("tier", "ID tier", "how many alerts an hour somebody gets"),
    ("ban", "ID reason", "block somebody"),
    ("unban", "ID", "unblock somebody"),
    ("audit", "ID", "what operators did"),
    ("broadcast", "text", "a message to all chats, after a preview"),
    ("instances", "minutes", "each process, its sockets and nodes; wallets silent for so long"),
    ("scanner", "start, stop, restart, status, finds or csv", "look for whales"),
    ("clearcache", "name", "read anew what a cache holds"),
)
_FIRST = frozenset(
    {
        *("watch", "wallets", "rules", "mute", "quiet", "digest", "settings", "language"),
        *("why", "portfolio", "token", "price", "pnl", "scan", "status"),
    }
)
"""What stands in /help without a tap: a phone shows no more."""
_OPERATORS = "<b>Operators</b>"
_MAX_WORD = 32


@cache
def help_text(*, is_operator: bool, is_private: bool, locale: Locale = ENGLISH) -> str:
    """All commands with what they do.

    Args:
        is_operator: commands of operators are listed, too.
        is_private: in groups it says who may do what.
        locale: of the reader.
    """
    lines = [_line(*command, locale=locale) for command in COMMANDS if command[0] in _FIRST]
    others = [_line(*command, locale=locale) for command in COMMANDS if command[0] not in _FIRST]
    lines += ["", locale.gettext("<b>More</b>"), _quotation(others)]
    if is_operator:
        lines += ["", _OPERATORS, _quotation(_line(*command, locale=locale) for command in OPERATOR_COMMANDS)]
    more = (
        locale.gettext("You can also just paste an address, a list of them, a link or a transaction.")
        if is_private
        else locale.gettext("Only admins of this group change settings; everybody may look and ask.")
    )
    return "\n".join([locale.gettext("<b>Commands</b>"), *lines, "", more])


def _quotation(lines: Iterable[str]) -> str:
    """What a tap opens."""
    return "<blockquote expandable>" + "\n".join(lines) + "</blockquote>"


def unknown_command(command: str, meant: str | None, *, locale: Locale = ENGLISH) -> str:
    """The command is none of ours; `meant` is one that is spelled alike.

    Args:
        command: as it was written, without the slash; hostile until escaped here.
        meant: one that is spelled alike; None: there is none.
        locale: of the reader.
    """
    name = escape(clean(command, limit=_MAX_WORD))
    unknown = locale.gettext("/{name} is not a command.", name=name)
    if meant:
        return f"{unknown} {locale.gettext('Did you mean /{command}?', command=meant)}"
    return f"{unknown} {locale.gettext('/help lists them all.')}"


def not_understood(meant: str | None = None, *, locale: Locale = ENGLISH) -> str:
    """A message that is neither a command nor an address; `meant` is a command that is spelled alike."""
    if meant is not None:
        return locale.gettext("Did you mean /{command}?", command=meant)
    return locale.gettext(
        "Not understood. Send a wallet's address, or see /help. If that was an answer, please "
        "start again with the command."
    )


def reads_no_files(*, locale: Locale = ENGLISH) -> str:
    """A photo, a sticker, a file."""
    return locale.gettext("Only text is read here. Paste the addresses as text, or see /help.")


def too_long(max_characters: int, *, locale: Locale = ENGLISH) -> str:
    """A message that is too long to be anything we know."""
    return locale.gettext(
        "That message has more than {max_characters} characters, so it was not read. Send one "
        "command at a time; /help lists them.",
        max_characters=locale.number(max_characters),
    )


def cancelled(*, was_asking: bool, locale: Locale = ENGLISH) -> str:
    """The answer to /cancel."""
    return locale.gettext("Cancelled.") if was_asking else locale.gettext("There was nothing to cancel.")


def failed(*, locale: Locale = ENGLISH) -> str:
    """Something went wrong on our side, and trying again did not help."""
    return locale.gettext(
        "⚠️ Something went wrong here, several times. What you follow is safe. Try again in a few minutes."
    )


def too_fast(*, locale: Locale = ENGLISH) -> str:
    """One person asks too much."""
    return locale.gettext("🐢 Too many messages. Try again in a minute; the last ones were skipped.")


def shown_already(*, locale: Locale = ENGLISH) -> str:
    """A button was pressed again that has just shown something; plain text."""
    return locale.gettext("Shown just now: look below.")


def late(text: str, *, locale: Locale = ENGLISH) -> str:
    """An answer that comes long after its question."""
    sorry = locale.gettext("⏳ Sorry for the late answer; the bot was away.")
    return f"{sorry}\n\n{text}"


def admins_only(*, locale: Locale = ENGLISH) -> str:
    """A setting, asked for by somebody who may not change it."""
    return locale.gettext("🔒 Only admins of this group can change its settings.")


def operators_only(*, locale: Locale = ENGLISH) -> str:
    """An operator's command, asked for by somebody else or in the wrong place."""
    return locale.gettext("🔒 Operators only, in private chat.")


def switched_off(command: str, until: datetime, *, locale: Locale = ENGLISH) -> str:
    """Operators have switched a command off for a while.

    Args:
        command: without the slash.
        until: with a time zone.
        locale: of the reader.
    """
    return locale.gettext(
        "⏸ /{command} is switched off until {time}. Alerts go on.",
        command=escape(command),
        time=time_of_day(until),
    )


def one_line(example: str, *, locale: Locale = ENGLISH) -> str:
    """The conversation cannot be remembered at present; `example` shows the command in one line."""
    return locale.gettext(
        "Questions don't work at the moment. Write it in one line: <code>{example}</code>",
        example=escape(example),
    )


def how_to_cancel(*, locale: Locale = ENGLISH) -> str:
    """After a question in a private chat."""
    return locale.gettext("/cancel to stop.")


def how_to_reply(*, locale: Locale = ENGLISH) -> str:
    """After a question in a group, where the bot sees only commands and replies to itself."""
    return locale.gettext("Reply to this message. /cancel to stop.")


def purpose_of(arguments: str, purpose: str, *, locale: Locale = ENGLISH) -> str:
    """Return what a command takes and does, as its menu says it.

    Args:
        arguments: of the command, in English as listed; empty: it takes none.
        purpose: what it does, in English as listed.
        locale: of the reader.
    """
    what = locale.gettext(purpose)
    return f"{locale.gettext(arguments)}: {what}" if arguments else what


def _line(command: str, arguments: str, purpose: str, *, locale: Locale = ENGLISH) -> str:
    words = purpose_of(arguments, purpose, locale=locale)
    return f"/{command} {words}" if arguments else f"/{command}: {words}"
