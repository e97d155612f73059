"""What the bot can do, and what it says when it cannot. Pure."""

from collections.abc import Sequence

from messaging.telegram.escaping import clean, escape

COMMANDS: Sequence[tuple[str, str, str]] = (
    ("start", "", "begin here"),
    ("watch", "ADDRESS name", "follow a wallet"),
    ("unwatch", "ADDRESS or name", "stop following"),
    ("wallets", "", "what you follow, mute, unfollow"),
    ("rename", "ADDRESS or name, new name", "name a wallet"),
    ("rules", "wallet", "which alerts you want: dollars, kinds, tokens"),
    ("mute", "wallet or token, 1h, 1d, forever", "hear nothing of it for a while"),
    ("quiet", "23:00-07:00", "hours in which alerts wait for one message"),
    ("timezone", "Europe/Berlin", "where you live"),
    ("digest", "off, hourly or daily 08:00", "alerts together, or so many an hour"),
    ("why", "transaction, wallet or token", "why you were told, or not; also as an answer to an alert"),
    ("balance", "ADDRESS or name", "what a wallet holds"),
    ("scan", "MINT", "what could go wrong with a token"),
    ("whales", "", "the largest wallets found"),
    ("status", "", "how fresh the data is"),
    ("help", "", "this list"),
    ("cancel", "", "forget what I asked you"),
    ("deleteme", "", "delete all that I keep of you"),
)
"""Command, its arguments, and what it does in a few words; the menu in Telegram is made of it too."""

OPERATOR_COMMANDS: Sequence[tuple[str, str, str]] = (
    ("stats", "", "counts, latency, queues"),
    ("health", "", "how each part of the system is"),
    ("queues", "", "what waits, works and fails"),
    ("retryfailed", "queue or cause", "try failed jobs and messages again"),
    ("user", "ID", "one person or group"),
    ("tier", "ID tier", "how many alerts an hour somebody gets one by one"),
    ("ban", "ID reason", "let somebody out"),
    ("unban", "ID", "let somebody in again"),
    ("audit", "ID", "what operators did"),
    ("broadcast", "text", "a message to all chats; shows a preview first"),
    ("instances", "minutes", "each process, its sockets and nodes; wallets silent for so long"),
    ("scanner", "start, stop, status or csv", "look for whales"),
)
_MAX_WORD = 32


def help_text(*, is_operator: bool) -> str:
    """All commands with what they do."""
    lines = [_line(*command) for command in COMMANDS]
    if is_operator:
        lines += ["", "<b>Operators</b>", *(_line(*command) for command in OPERATOR_COMMANDS)]
    return "\n".join(
        [
            "<b>What I can do</b>",
            *lines,
            "",
            "You can also just send me an address. In groups only admins change what is followed.",
        ]
    )


def unknown_command(command: str) -> str:
    """The command is none of ours."""
    return f"I do not know /{escape(clean(command, limit=_MAX_WORD))}. /help lists what I can do."


def not_understood() -> str:
    """A message that is neither a command nor an address."""
    return "I did not understand that. Send me a wallet's address, or see /help."


def too_long(max_characters: int) -> str:
    """A message that is too long to be anything we know."""
    return (
        f"That message has more than {max_characters:,} characters, so I did not read it."
        " Send one address or one command at a time; /help lists them."
    )


def no_text() -> str:
    """A photo, a sticker, a file."""
    return "I can only read text. Send me a wallet's address, or see /help."


def cancelled(*, was_asking: bool) -> str:
    """The answer to /cancel."""
    return "All right, forgotten." if was_asking else "There was nothing to cancel."


def failed() -> str:
    """Something went wrong on our side, and trying again did not help."""
    return (
        "⚠️ Something went wrong on my side while I worked on your message; I tried several times."
        " What you follow is safe. Please try again in a few minutes."
    )


def too_fast() -> str:
    """One person asks too much."""
    return "🐢 That was very fast. I read your next message in a minute; the last ones I have skipped."


def late(text: str) -> str:
    """An answer that comes long after its question."""
    return f"⏳ Sorry for the late answer, I was away.\n\n{text}"


def admins_only() -> str:
    """A setting, asked for by somebody who may not change it."""
    return "🔒 Only admins of this group can change what is followed here."


def operators_only() -> str:
    """An operator's command, asked for by somebody else or in the wrong place."""
    return "🔒 This command is for operators, in a private chat with me."


def one_line(example: str) -> str:
    """The conversation cannot be remembered at present; `example` shows the command in one line."""
    return (
        "I cannot remember conversations at the moment."
        f" Please write it in one line: <code>{escape(example)}</code>"
    )


def _line(command: str, arguments: str, purpose: str) -> str:
    return f"/{command} {arguments}: {purpose}" if arguments else f"/{command}: {purpose}"
