"""The question which followed wallet is meant."""

import pytest
from telegram import InlineKeyboardMarkup

from bot.dialog.request import Request
from bot.dialog.wallets import ask_wallet
from bot.services.services import Services
from domain.rules.watches import Watch
from runtime import clock
from tests.bot.conftest import OTHER_WHALE, WHALE

pytestmark = pytest.mark.services


def watch(number: int, wallet: str) -> Watch:
    return Watch(
        watch_id=number,
        chat_id=5,
        topic_id=0,
        chain="solana",
        wallet=wallet,
        label="Moby",
        created_at=clock.now(),
    )


async def test_wallets_of_one_name_are_distinguished_by_address(
    services: Services, request_to_mute: Request
) -> None:
    both = [watch(1, WHALE), watch(2, OTHER_WHALE)]
    reply = await ask_wallet(request_to_mute, services, both, among=both)
    assert reply.text == "Several wallets are called Moby. Which one?"
    assert isinstance(reply.keyboard, InlineKeyboardMarkup)
    names = [button.text for row in reply.keyboard.inline_keyboard for button in row]
    assert names == ["Moby So11…1112", "Moby Toke…Q5DA"]
