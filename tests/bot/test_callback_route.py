"""Which handler a pressed button calls."""

from telegram import ForceReply

from bot.callback_route import in_its_place
from bot.dialog.reply import Reply
from bot.dialog.request import Request
from domain.chats import ChatKind, ChatTarget
from messaging.telegram.keyboards.choice import PICK

TARGET = ChatTarget(chat_id=1, kind=ChatKind.PRIVATE)
PICKED = Request(update_id=1, target=TARGET, user_id=1, message_id=1, verb=PICK)
TYPED = Request(update_id=1, target=TARGET, user_id=1, message_id=1)


def test_what_a_choice_leads_to_stands_in_its_place() -> None:
    assert in_its_place(PICKED, Reply(text="done")).in_place
    assert not in_its_place(TYPED, Reply(text="done")).in_place


def test_a_question_is_a_message_of_its_own_since_only_that_opens_the_field() -> None:
    assert not in_its_place(PICKED, Reply(text="Name?", keyboard=ForceReply())).in_place
    assert not in_its_place(PICKED, Reply(note="gone")).in_place
