"""A chat reads the language of who opened it, until it chooses another."""

import pytest

from domain.chats import ChatKind, ChatTarget
from messaging.languages.locale import ENGLISH
from services.acts.languages import locale_of_chat, speak
from services.services import Services

pytestmark = pytest.mark.services
ALICE = ChatTarget(chat_id=7, kind=ChatKind.PRIVATE)


async def test_the_language_of_who_opens_a_chat_stays_until_it_chooses(services: Services) -> None:
    await services.chats.open(ALICE)
    assert await locale_of_chat(services, ALICE.chat_id) is ENGLISH
    assert (await speak(services, ALICE, "ru-RU")).language == "ru"
    assert (await speak(services, ALICE, "es")).language == "ru"
    assert (await locale_of_chat(services, ALICE.chat_id)).language == "ru"


async def test_who_says_no_language_reads_english_and_may_say_one_later(services: Services) -> None:
    await services.chats.open(ALICE)
    assert await speak(services, ALICE, "") is ENGLISH
    assert (await speak(services, ALICE, "es-MX")).language == "es"
