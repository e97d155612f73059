"""Sending as python-telegram-bot does it: messages, photos, documents, and every refusal."""

import asyncio
import struct
import zlib
from datetime import timedelta

import pytest
from telegram import (
    CopyTextButton,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    MessageEntity,
    ReplyParameters,
)
from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter

from sandbox.telegram import FloodLimits
from tests.sandbox.telegram.stage import Stage

pytestmark = pytest.mark.enable_socket


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + checksum

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    rows = zlib.compress(b"".join(b"\0" + b"\0" * width for _ in range(height)))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


async def test_an_accepted_message_comes_back_whole_and_stands_in_the_ledger(stage: Stage) -> None:
    keyboard = InlineKeyboardMarkup(
        [
            [
                InlineKeyboardButton("Scan", callback_data="scan:1"),
                InlineKeyboardButton("Site", url="https://e.com"),
            ],
            [InlineKeyboardButton("Copy", copy_text=CopyTextButton("mint"))],
        ]
    )
    sent = await stage.bot.send_message(
        stage.alice.id,
        "🟢 <b>Toly</b> <a href='https://solscan.io'>tx</a>",
        parse_mode="HTML",
        reply_markup=keyboard,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
    )
    assert sent.text == "🟢 Toly tx"
    assert [(one.type, one.offset, one.length) for one in sent.entities] == [
        ("bold", 3, 4),
        ("text_link", 8, 2),
    ]
    assert sent.reply_markup == keyboard
    assert sent.from_user is not None
    assert sent.from_user.id == stage.bot.id
    [entry] = stage.telegram.ledger.messages(stage.alice.id)
    assert (entry.message_id, entry.text, entry.kind) == (sent.message_id, sent.text, "message")
    assert 0 <= entry.at_ms - entry.received_ms < 1_000


async def test_replies_show_what_they_answer(stage: Stage) -> None:
    first = await stage.bot.send_message(stage.alice.id, "one")
    second = await stage.bot.send_message(
        stage.alice.id, "two", reply_parameters=ReplyParameters(first.message_id), reply_markup=ForceReply()
    )
    assert second.reply_to_message is not None
    assert second.reply_to_message.text == "one"
    with pytest.raises(BadRequest, match="Message to be replied not found"):
        await stage.bot.send_message(stage.alice.id, "x", reply_parameters=ReplyParameters(999))
    lenient = ReplyParameters(999, allow_sending_without_reply=True)
    await stage.bot.send_message(stage.alice.id, "x", reply_parameters=lenient)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "Message text is empty"),
        ("  \n ", "Text must be non-empty"),
        ("x" * 4_097, "Message is too long"),
        ("<b>x", "Can't parse entities: can't find end tag corresponding to start tag \"b\""),
        ("<wat>", 'Can\'t parse entities: unsupported start tag "wat" at byte offset 0'),
    ],
)
async def test_bad_text_is_refused_in_telegrams_words(stage: Stage, text: str, complaint: str) -> None:
    with pytest.raises(BadRequest) as refused:
        await stage.bot.send_message(stage.alice.id, text, parse_mode="HTML")
    assert str(refused.value).lower() == complaint.lower()
    assert stage.telegram.ledger.messages() == []


async def test_length_counts_after_parsing(stage: Stage) -> None:
    max_text = "<b>" + "x" * 4_096 + "</b>"
    sent = await stage.bot.send_message(stage.alice.id, max_text, parse_mode="HTML")
    assert len(sent.text or "") == 4_096


@pytest.mark.parametrize(
    ("button", "complaint"),
    [
        (InlineKeyboardButton("x", callback_data="é" * 33), "Button_data_invalid"),
        (InlineKeyboardButton("x", url="not a url"), "is invalid: Wrong HTTP URL"),
        (InlineKeyboardButton("x", url="javascript:alert(1)"), "is invalid: Wrong HTTP URL"),
        (InlineKeyboardButton("x", copy_text=CopyTextButton("y" * 257)), "Button_copy_text_invalid"),
        (InlineKeyboardButton("x"), "Text buttons are unallowed in the inline keyboard"),
        (InlineKeyboardButton(" ", callback_data="x"), "text must be non-empty"),
    ],
)
async def test_bad_buttons_are_refused(stage: Stage, button: InlineKeyboardButton, complaint: str) -> None:
    with pytest.raises(BadRequest, match=f"(?i){complaint}"):
        await stage.bot.send_message(stage.alice.id, "x", reply_markup=InlineKeyboardMarkup([[button]]))


async def test_too_many_buttons_are_refused(stage: Stage) -> None:
    row = [InlineKeyboardButton("x", callback_data="x")]
    for rows in ([row * 9], [row] * 101):
        with pytest.raises(BadRequest, match=r"(?i)reply_markup_too_long"):
            await stage.bot.send_message(stage.alice.id, "x", reply_markup=InlineKeyboardMarkup(rows))


async def test_explicit_entities_are_kept(stage: Stage) -> None:
    bold = MessageEntity("bold", 0, 2)
    sent = await stage.bot.send_message(stage.alice.id, "ab c", entities=[bold])
    assert sent.entities == (bold,)
    with pytest.raises(BadRequest, match=r"(?i)ends after the end of the text at UTF-16 offset 2"):
        await stage.bot.send_message(stage.alice.id, "ab", entities=[MessageEntity("bold", 1, 2)])


async def test_who_cannot_be_written_to_is_said(stage: Stage) -> None:
    people = stage.telegram.people
    stranger = people.add_user("Stranger")
    for chat_id in (stranger.id, 42, "@nobody_there"):
        with pytest.raises(BadRequest, match="Chat not found"):
            await stage.bot.send_message(chat_id, "x")
    people.block(stage.alice.id)
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await stage.bot.send_message(stage.alice.id, "x")
    people.unblock(stage.alice.id)
    await stage.bot.send_message(stage.alice.id, "x")
    people.deactivate(stage.alice.id)
    with pytest.raises(Forbidden, match="user is deactivated"):
        await stage.bot.send_message(stage.alice.id, "x")


async def test_groups_can_be_lost_in_several_ways(stage: Stage) -> None:
    people = stage.telegram.people
    chat_id = people.add_group("Club", {stage.alice.id: "creator"}, kind="group")
    await stage.bot.send_message(chat_id, "x")
    people.restrict_bot(chat_id)
    with pytest.raises(BadRequest, match="Not enough rights to send text messages"):
        await stage.bot.send_message(chat_id, "x")
    people.kick_bot(chat_id)
    with pytest.raises(Forbidden, match="bot was kicked from the group chat"):
        await stage.bot.send_message(chat_id, "x")
    people.add_bot(chat_id)
    new_id = people.migrate(chat_id)
    with pytest.raises(ChatMigrated) as moved:
        await stage.bot.send_message(chat_id, "x")
    assert moved.value.new_chat_id == new_id
    await stage.bot.send_message(new_id, "x")


async def test_topics_are_checked(stage: Stage) -> None:
    people = stage.telegram.people
    chat_id = people.add_group("Forum", {stage.alice.id: "creator"}, forum=True)
    thread_id = people.add_topic(chat_id, "Alerts")
    sent = await stage.bot.send_message(chat_id, "x", message_thread_id=thread_id)
    assert (sent.message_thread_id, sent.is_topic_message) == (thread_id, True)
    people.remove_topic(chat_id, thread_id)
    with pytest.raises(BadRequest, match="Message thread not found"):
        await stage.bot.send_message(chat_id, "x", message_thread_id=thread_id)


async def test_photos_and_documents_are_taken_and_known_again(stage: Stage) -> None:
    sent = await stage.bot.send_photo(stage.alice.id, png(20, 10), caption="<i>chart</i>", parse_mode="HTML")
    assert (sent.photo[0].width, sent.photo[0].height, sent.caption) == (20, 10, "chart")
    again = await stage.bot.send_photo(stage.alice.id, sent.photo[0].file_id)
    assert again.photo[0].file_id == sent.photo[0].file_id
    with pytest.raises(BadRequest, match=r"(?i)image_process_failed"):
        await stage.bot.send_photo(stage.alice.id, b"no picture")
    with pytest.raises(BadRequest, match="caption is too long"):
        await stage.bot.send_photo(stage.alice.id, png(2, 2), caption="x" * 1_025)
    document = await stage.bot.send_document(stage.alice.id, b"a,b\n", filename="export.csv")
    assert document.document is not None
    assert (document.document.file_name, document.document.file_size) == ("export.csv", 4)


async def test_flood_control_names_the_wait(stage: Stage) -> None:
    stage.telegram.limit(FloodLimits(chat_burst=2))
    await stage.bot.send_message(stage.alice.id, "1")
    sent = await stage.bot.send_message(stage.alice.id, "2")
    with pytest.raises(RetryAfter) as refused:
        await stage.bot.send_message(stage.alice.id, "3")
    assert refused.value.retry_after == timedelta(seconds=1)
    with pytest.raises(RetryAfter):
        await stage.bot.edit_message_text("4", stage.alice.id, sent.message_id)


async def test_the_whole_bot_is_limited(stage: Stage) -> None:
    stage.telegram.limit(FloodLimits(bot_per_second=5))
    users = stage.telegram.people.add_users(31)  # a busy machine may take seconds for them
    results = await asyncio.gather(
        *(stage.bot.send_message(user_id, "x") for user_id in users), return_exceptions=True
    )
    assert 1 <= sum(isinstance(one, RetryAfter) for one in results) <= 31 - 5
