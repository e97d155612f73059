"""Edited commands: an edit runs only if the first wording was not understood, and never twice.

What was not understood is remembered for an hour in Redis; without Redis no edited command runs.
"""

from bot.dialog.update import Message
from services.services import Services

MISUNDERSTOOD_SECONDS = 3_600


async def may_run(services: Services, message: Message) -> bool:
    """Whether an edited message is to be handled: it is a command now, and was not understood before."""
    if not message.text.startswith("/"):
        return False
    return await services.memos.read(message.target.chat_id, _key(message)) is not None


async def note_wording(services: Services, message: Message, *, is_misunderstood: bool) -> None:
    """Remember that a command was not understood, or forget that an earlier wording of it was not.

    Args:
        services: whose memos remember it; without Redis an edit runs nothing.
        message: the wording, or its edit.
        is_misunderstood: it was no command of ours, or lacked something.
    """
    if is_misunderstood and message.text.startswith("/"):
        await services.memos.put(
            message.target.chat_id, _key(message), "misunderstood", seconds=MISUNDERSTOOD_SECONDS
        )
    elif message.is_edited:
        await services.memos.forget(message.target.chat_id, _key(message))


def _key(message: Message) -> str:
    return f"wording:{message.message_id}"
