"""What a reply makes the bot do: work of seconds takes the place of the words before it."""

from typing import Any, cast

import pytest

from bot.dialog.reply_actions import SentReply, complete, holds_secret, send_reply
from bot.dialog.request import Reply
from bot.dialog.responder import Responder
from bot.dialog.update import Message
from domain.chats import ChatKind, ChatTarget
from domain.errors import BadInput, Unavailable
from messaging.telegram.texts.help import failed
from services.stores.questions import QuestionStore

PRIVATE = ChatTarget(chat_id=5, kind=ChatKind.PRIVATE)
GROUP = ChatTarget(chat_id=-5, kind=ChatKind.SUPERGROUP)


class Chat:
    """Remembers what the bot did."""

    def __init__(self) -> None:
        self.acts: list[tuple[str, str]] = []

    async def send(
        self, target: ChatTarget, text: str, keyboard: object = None, *, reply_to: int = 0, rich: str = ""
    ) -> int:
        del target, keyboard, rich
        self.acts.append((f"send, reply to {reply_to}", text))
        return 9

    async def edit(
        self,
        target: ChatTarget,
        message_id: int,
        text: str,
        keyboard: object = None,
        *,
        receiver: object = None,
    ) -> None:
        del target, keyboard, receiver
        self.acts.append((f"edit {message_id}", text))


def asked(target: ChatTarget) -> Message:
    return Message(update_id=1, target=target, user_id=5, message_id=7, text="/import")


async def finish(result: Reply | Exception, message_id: int | None) -> list[tuple[str, str]]:
    chat = Chat()

    async def work() -> Reply:
        if isinstance(result, Exception):
            raise result
        return result

    sent = SentReply(Reply(text="working", then=work), message_id)
    nobody = cast("QuestionStore", None)
    await complete(cast("Responder", chat), nobody, asked(PRIVATE), sent)
    return chat.acts


@pytest.mark.parametrize(
    ("result", "text"),
    [
        (Reply(text="done"), "done"),
        (BadInput("<no> list"), "&lt;no&gt; list"),
        (Unavailable("Telegram is away"), failed()),
    ],
)
async def test_what_comes_of_the_work_replaces_the_reply(result: Any, text: str) -> None:
    assert await finish(result, 9) == [("edit 9", text)]


async def test_where_nobody_knows_the_reply_the_result_is_a_message_of_its_own() -> None:
    assert await finish(Reply(text="done"), None) == [("send, reply to 0", "done")]


@pytest.mark.parametrize(("target", "reply_to"), [(PRIVATE, 0), (GROUP, 7)])
async def test_in_a_group_a_reply_names_its_message(target: ChatTarget, reply_to: int) -> None:
    chat = Chat()
    assert await send_reply(cast("Responder", chat), asked(target), Reply(text="hi")) == 9
    assert chat.acts == [(f"send, reply to {reply_to}", "hi")]


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("/webhooks https://discord.com/api/webhooks/1/x", True),
        ("/Webhooks@whales_bot discord.com/api/webhooks/1/x", True),
        ("/webhooks -1001234567890 https://hooks.slack.com/services/T/B/x", True),
        ("/webhooks -1001234567890", False),
        ("/webhooks", False),
        ("/watch https://solscan.io/account/x", False),
        ("hello / there", False),
    ],
)
def test_a_command_with_an_address_of_a_webhook_holds_a_secret(text: str, *, holds: bool) -> None:
    assert holds_secret(text) is holds
