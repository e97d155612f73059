"""Which messages hold what nobody else should read: the bot deletes them where it may. Pure."""

from bot.dialog.request import parse_command

TAKE_SECRETS = frozenset({"webhooks"})
"""Commands whose words may be a secret: an address of Discord or Slack is one."""


def holds_secret(text: str) -> bool:
    """Whether the words of a command may be a secret, refused or not."""
    command = parse_command(text)
    return command is not None and command.name in TAKE_SECRETS and "/" in command.words
