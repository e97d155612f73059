"""What the bot can do, the first screen, and what it says when it cannot. Pure."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from messaging.telegram.escaping import clean, escape
from messaging.telegram.texts.kinds import counted
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
    ("top", "", "your wallets by what they have made"),
    ("record", "wallet or rule", "how your alerts turned out after 1 h and 24 h"),
    ("history", "wallet or token", "what your wallets did, page by page"),
    ("scan", "MINT or symbol", "check a token for risks"),
    ("whales", "", "the largest wallets found"),
    ("web", "", "your alerts and wallets as a page"),
    ("apikey", "new, or delete 1", "keys for your own programs"),
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
_MAX_WORD = 32
_MAX_NAME = 32


@cache
def help_text(*, is_operator: bool, is_private: bool) -> str:
    """All commands with what they do."""
    lines = [_line(*command) for command in COMMANDS]
    if is_operator:
        lines += ["", "<b>Operators</b>", *(_line(*command) for command in OPERATOR_COMMANDS)]
    more = (
        "You can also just paste an address, a list of them, a link or a transaction."
        if is_private
        else "Only admins of this group change settings; everybody may look and ask."
    )
    return "\n".join(["<b>Commands</b>", *lines, "", more])


def unknown_command(command: str, meant: str | None) -> str:
    """The command is none of ours; `meant` is one that is spelled alike."""
    name = escape(clean(command, limit=_MAX_WORD))
    return f"/{name} is not a command. " + (f"Did you mean /{meant}?" if meant else "/help lists them all.")


def not_understood(meant: str | None = None) -> str:
    """A message that is neither a command nor an address; `meant` is a command that is spelled alike."""
    if meant is not None:
        return f"Did you mean /{meant}?"
    return (
        "Not understood. Send a wallet's address, or see /help."
        " If that was an answer, please start again with the command."
    )


def reads_no_files() -> str:
    """A photo, a sticker, a file."""
    return "Only text is read here. Paste the addresses as text, or see /help."


def too_long(max_characters: int) -> str:
    """A message that is too long to be anything we know."""
    return (
        f"That message has more than {max_characters:,} characters, so it was not read."
        " Send one command at a time; /help lists them."
    )


def cancelled(*, was_asking: bool) -> str:
    """The answer to /cancel."""
    return "Cancelled." if was_asking else "There was nothing to cancel."


def failed() -> str:
    """Something went wrong on our side, and trying again did not help."""
    return "⚠️ Something went wrong here, several times. What you follow is safe. Try again in a few minutes."


def too_fast() -> str:
    """One person asks too much."""
    return "🐢 Too many messages. Try again in a minute; I skipped the last ones."


def shown_already() -> str:
    """A button was pressed again that has just shown something; plain text."""
    return "Shown just now: look below."


def late(text: str) -> str:
    """An answer that comes long after its question."""
    return f"⏳ Sorry for the late answer; the bot was away.\n\n{text}"


def admins_only() -> str:
    """A setting, asked for by somebody who may not change it."""
    return "🔒 Only admins of this group can change its settings."


def operators_only() -> str:
    """An operator's command, asked for by somebody else or in the wrong place."""
    return "🔒 Operators only, in private chat."


def switched_off(command: str, until: datetime) -> str:
    """Operators have switched a command off for a while."""
    return f"⏸ /{escape(command)} is switched off until {time_of_day(until)}. Alerts go on."


def one_line(example: str) -> str:
    """The conversation cannot be remembered at present; `example` shows the command in one line."""
    return f"Questions don't work at the moment. Write it in one line: <code>{escape(example)}</code>"


def how_to_cancel() -> str:
    """After a question in a private chat."""
    return "/cancel to stop."


def how_to_reply() -> str:
    """After a question in a group, where the bot sees only commands and replies to itself."""
    return "Reply to this message. /cancel to stop."


def _line(command: str, arguments: str, purpose: str) -> str:
    return f"/{command} {arguments}: {purpose}" if arguments else f"/{command}: {purpose}"


def greeting(name: str, *, has_examples: bool) -> str:
    """What a newcomer reads, in one screen; `name` is theirs, as Telegram says it."""
    called = escape(clean(name, limit=_MAX_NAME))
    first = f"👋 Hello{f', {called}' if called else ''}! Whale Watcher follows wallets on Solana."
    what = "Follow a wallet, and you get an alert within seconds when it buys, sells or moves tokens."
    how = (
        "Tap one of these whales to follow it, or send any address."
        if has_examples
        else "Send an address to begin."
    )
    return f"{first}\n\n{what}\n\n{how}\n\n/wallets lists what you follow, /help all commands."


def ask_zone() -> str:
    """Below the greeting: buttons with times stand below."""
    return "\n\n🕐 What time is it for you? Tap it, for quiet hours and digests."


def zone_guessed(zone: str) -> str:
    """Below the greeting: the time zone goes by the language."""
    return f"\n\n🕐 Times are {_city(zone)}'s. /timezone changes that."


def zone_set(zone: str) -> str:
    """A note over a button; plain text."""
    return f"Times are {_city(zone)}'s now. /timezone changes that."


def _city(zone: str) -> str:
    return zone.rpartition("/")[2].replace("_", " ")


def group_greeting(followed: int = 0) -> str:
    """What a group reads when the bot is added, which may follow wallets from before."""
    lines = [
        "👋 Whale Watcher follows wallets on Solana and posts here what they do.",
        "",
        "Admins choose what to follow: /watch ADDRESS name.",
        "Everybody may ask /scan MINT, /balance ADDRESS and /wallets.",
    ]
    if followed:
        lines += ["", f"This group still follows {counted(followed, 'wallet')}: /wallets."]
    return "\n".join(lines)
