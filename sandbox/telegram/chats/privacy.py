"""Telegram's privacy mode: which messages of a group a bot receives."""

from sandbox.telegram.chats.bots import Bot
from sandbox.telegram.chats.rooms import Room
from sandbox.telegram.formatting.utf16 import utf16_slice
from sandbox.telegram.shapes import Message


def is_for_bot(bot: Bot, room: Room, message: Message) -> bool:
    """Return whether the bot is in the chat and may read the message.

    In privacy mode a bot that is no administrator receives only commands that are not meant for another bot,
    answers to its own messages, and mentions.

    Args:
        bot: its privacy mode counts where it is no administrator.
        room: says what standing the bot has.
        message: of a person.
    """
    if room.standing not in ("member", "administrator"):
        return False
    if room.private or room.standing == "administrator" or not bot.privacy:
        return True
    replied = message.reply_to_message
    if replied is not None and replied.sender.id == bot.user.id:
        return True
    return _names(bot, message)


def _names(bot: Bot, message: Message) -> bool:
    text = message.text if message.text is not None else message.caption or ""
    username = f"@{bot.user.username}".lower()
    for entity in (*message.entities, *message.caption_entities):
        part = utf16_slice(text, entity.offset, entity.length).lower()
        if entity.type == "bot_command" and ("@" not in part or part.endswith(username)):
            return True
        if entity.type == "mention" and part == username:
            return True
    return False
