"""Refusals reach people as they are written: no tag of HTML ever shows."""

import re

import pytest

from sandbox.telegram.chats.people import MessageTarget
from tests.bot.conftest import OTHER_WHALE, WHALE, TelegramChats

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]

_TAG = re.compile(r"</?(?:b|i|code|pre|a|tg-time|blockquote)\b[^>]*>|&(?:lt|gt|amp|quot|#x?\w+);")
REFUSED = [
    "/watch",
    "/watch nobody",
    f"/watch {WHALE} {'long ' * 10}",
    f"/watch {WHALE} https://scam.example",
    "/unwatch Nemo",
    "/rename Nemo Ahab",
    f"/rename {WHALE} {'n' * 33}",
    "/rules nonsense",
    "/rules min much",
    "/rules min",
    "/rules off party",
    "/rules only NOPE",
    "/rules only",
    "/rules age 7d-1h",
    "/rules age old-",
    "/rules cap 5m-1m",
    "/rules cap",
    "/rules first maybe",
    "/mute Nemo 1h",
    "/mute Moby -1h",
    "/mute Moby 99999d",
    "/mute Moby soon",
    "/mute Moby 1M",
    "/unmute Nemo",
    "/pause soon",
    "/pause -5m",
    "/quiet night",
    "/quiet 25-26",
    "/quiet 7-7",
    "/quiet 11-7am",
    "/timezone Atlantis",
    "/timezone UTC+99",
    "/digest 0 an hour",
    "/digest sometimes",
    "/why",
    "/why nothing",
    "/balance nobody",
    "/scan nothing",
    "/scan not-a-mint-at-all-really",
    "/stats",
    "/frobnicate",
    "good morning",
    "0x71C7656EC7ab88b098defB751B7401B5f6d8976F",
    OTHER_WHALE.lower(),
]


async def test_no_refusal_shows_a_tag(chats: TelegramChats) -> None:
    answers = {}
    for words in REFUSED:
        (person,) = chats.telegram.people.add_users(1)
        if "Moby" in words:
            await chats.ask(person, f"/watch {WHALE} Moby")
        answers[words] = await chats.ask(person, words)
    assert {words: text for words, text in answers.items() if _TAG.search(text)} == {}
    assert all(answers.values())


async def test_the_usage_of_mute_is_plain_without_any_wallet(chats: TelegramChats) -> None:
    (person,) = chats.telegram.people.add_users(1)
    assert not _TAG.search(await chats.ask(person, "/mute"))


async def test_a_question_in_a_group_opens_the_reply_field_and_says_so(chats: TelegramChats) -> None:
    (ann,) = chats.telegram.people.add_users(1)
    target = MessageTarget(chat_id=await chats.group({ann: "creator"}))
    question = await chats.ask_message(ann, "/watch", target)
    assert "Reply to this message." in (question.text or "")
    assert question.message is not None
    assert question.message.reply_to_message is not None
    assert "/cancel to stop." in await chats.ask(ann, "/watch")
    assert "Reply to this message." not in await chats.ask(ann, "/watch")


async def test_a_group_reads_nothing_of_bare_addresses(chats: TelegramChats) -> None:
    (ann,) = chats.telegram.people.add_users(1)
    target = MessageTarget(chat_id=await chats.group({ann: "creator"}))
    assert "/watch ADDRESS" in await chats.ask(ann, "/wallets", target)
    assert "paste" not in await chats.ask(ann, "/help", target)
