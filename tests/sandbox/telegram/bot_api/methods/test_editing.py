"""Edits, deletions and answers to presses, as python-telegram-bot makes them."""

import asyncio

import pytest
from resvg_py import svg_to_bytes
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, InputMediaDocument, InputMediaPhoto, Message
from telegram.error import BadRequest

from sandbox.telegram import MessageTarget
from sandbox.telegram.chats.callback_queries import CallbackAnswer
from sandbox.telegram.errors import PeopleError
from tests.sandbox.telegram.stage import Stage

pytestmark = pytest.mark.enable_socket
KEYS = InlineKeyboardMarkup([[InlineKeyboardButton("Mute", callback_data="mute:1")]])


async def test_an_edit_replaces_text_and_buttons(stage: Stage) -> None:
    sent = await stage.bot.send_message(stage.alice.id, "one", reply_markup=KEYS)
    edited = await sent.edit_text("<b>two</b>", parse_mode="HTML")
    assert isinstance(edited, Message)
    assert (edited.text, edited.reply_markup, edited.message_id) == ("two", None, sent.message_id)
    assert edited.edit_date is not None
    again = await stage.bot.edit_message_reply_markup(stage.alice.id, sent.message_id, reply_markup=KEYS)
    assert isinstance(again, Message)
    assert (again.text, again.reply_markup) == ("two", KEYS)
    kinds = [entry.kind for entry in stage.telegram.ledger.since(chat_id=stage.alice.id)]
    assert kinds[-3:] == ["message", "edit", "edit"]


async def test_an_edit_that_changes_nothing_is_refused(stage: Stage) -> None:
    sent = await stage.bot.send_message(stage.alice.id, "one", reply_markup=KEYS)
    with pytest.raises(BadRequest, match="Message is not modified"):
        await sent.edit_text("one", reply_markup=KEYS)
    with pytest.raises(BadRequest, match="Message is not modified"):
        await sent.edit_reply_markup(KEYS)


async def test_only_own_messages_that_exist_can_be_edited(stage: Stage) -> None:
    theirs = stage.telegram.people.send(stage.alice.id, "mine")
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await stage.bot.edit_message_text("x", stage.alice.id, theirs.message_id)
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await stage.bot.edit_message_text("x", stage.alice.id, 999)


async def test_messages_are_deleted_once(stage: Stage) -> None:
    sent = await stage.bot.send_message(stage.alice.id, "gone soon")
    assert await sent.delete()
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await sent.delete()
    chat_id = stage.telegram.people.add_group("Club", {stage.alice.id: "creator"})
    target = stage.telegram.people.send(stage.alice.id, "/x", target=_in(chat_id))
    with pytest.raises(BadRequest, match="Message can't be deleted"):
        await stage.bot.delete_message(chat_id, target.message_id)
    stage.telegram.people.promote_bot(chat_id)
    assert await stage.bot.delete_message(chat_id, target.message_id)


async def test_a_press_brings_what_the_bot_answers(stage: Stage) -> None:
    sent = await stage.bot.send_message(stage.alice.id, "one", reply_markup=KEYS)
    async with asyncio.TaskGroup() as tasks:
        pressed = tasks.create_task(stage.telegram.people.press(stage.alice.id, sent.message_id, "Mute"))
        [update] = await stage.bot.get_updates(timeout=5)
        assert update.callback_query is not None
        assert update.callback_query.data == "mute:1"
        assert update.callback_query.message == sent
        assert await update.callback_query.answer("Muted", show_alert=True)
    assert pressed.result() == CallbackAnswer(answered=True, text="Muted", show_alert=True)
    with pytest.raises(
        BadRequest, match="Query is too old and response timeout expired or query id is invalid"
    ):
        await update.callback_query.answer()
    entry = stage.telegram.ledger.since(kind="callback_answer")[-1]
    assert (entry.text, entry.user_id, entry.message_id) == ("Muted", stage.alice.id, sent.message_id)


async def test_a_press_without_an_answer_or_a_button_says_so(stage: Stage) -> None:
    sent = await stage.bot.send_message(stage.alice.id, "one", reply_markup=KEYS)
    people = stage.telegram.people
    assert await people.press(stage.alice.id, sent.message_id, "mute:1", seconds=0.01) == CallbackAnswer(
        answered=False
    )
    with pytest.raises(PeopleError, match="no button 'Other'"):
        await people.press(stage.alice.id, sent.message_id, "Other")
    with pytest.raises(PeopleError, match="no message 99"):
        await people.press(stage.alice.id, 99, "Mute")


def _in(chat_id: int) -> MessageTarget:
    return MessageTarget(chat_id=chat_id)


async def test_a_photo_replaces_a_text(stage: Stage) -> None:
    sent = await stage.bot.send_message(stage.alice.id, "drawing", reply_markup=KEYS)
    picture = svg_to_bytes(svg_string='<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"/>')
    edited = await sent.edit_media(InputMediaPhoto(picture, caption="<b>chart</b>", parse_mode="HTML"))
    assert isinstance(edited, Message)
    assert (edited.text, edited.caption, edited.reply_markup) == (None, "chart", None)
    assert (edited.photo[-1].width, edited.photo[-1].height) == (20, 10)
    with pytest.raises(BadRequest, match="no text in the message"):
        await edited.edit_text("words")
    with pytest.raises(BadRequest, match="photos only"):
        await sent.edit_media(InputMediaDocument(picture))
