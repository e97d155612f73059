"""What people are in groups, asked of Telegram."""

from collections.abc import AsyncIterator

import pytest
from telegram import Bot

from domain.access import Standing
from domain.errors import Unavailable
from messaging.telegram.client import make_bot
from messaging.telegram.members import standing_of
from sandbox.telegram import SandboxTelegram, TelegramConfig
from sandbox.telegram.faults import Fault, FaultKind

TOKEN = "123456789:AAF-made-up-token-of-the-tests"


@pytest.fixture
async def telegram() -> AsyncIterator[SandboxTelegram]:
    async with SandboxTelegram(TelegramConfig(tokens=(TOKEN,))) as running:
        yield running


@pytest.fixture
async def bot(telegram: SandboxTelegram) -> AsyncIterator[Bot]:
    async with make_bot(TOKEN, telegram.url) as client:
        yield client


async def test_owners_and_administrators_are_admins_and_others_members_or_nobody(
    telegram: SandboxTelegram, bot: Bot
) -> None:
    ann, bob, carl, dora = telegram.people.add_users(4)
    group = telegram.people.add_group("Club", {ann: "creator", bob: "administrator", carl: "member"})
    found = [await standing_of(bot, group, person) for person in (ann, bob, carl, dora)]
    assert found == [Standing.ADMIN, Standing.ADMIN, Standing.MEMBER, Standing.NONE]


async def test_in_an_unknown_group_nobody_is_anything(bot: Bot) -> None:
    assert await standing_of(bot, -1009999, 5) is Standing.NONE


async def test_without_an_answer_of_telegram_nobody_is_called_an_admin(
    telegram: SandboxTelegram, bot: Bot
) -> None:
    (ann,) = telegram.people.add_users(1)
    group = telegram.people.add_group("Club", {ann: "creator"})
    telegram.faults.add(Fault(fault=FaultKind.SERVER_ERROR, method="getChatMember", times=None))
    with pytest.raises(Unavailable):
        await standing_of(bot, group, ann)
