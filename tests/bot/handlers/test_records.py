"""/wallet and /pnl, in the chat, from what alerts have booked."""

import pytest
from msgspec import structs

from domain.activity.activity import SOL, Activity, Kind, Leg
from sandbox.telegram.shapes import User
from storage.ingest.activities import Batch, store
from storage.postgres import Database
from tests.bot.conftest import TelegramChats
from tests.storage.sample_data import MINT, WHALE, fan_out_all, purchase

pytestmark = [pytest.mark.services, pytest.mark.usefixtures("bot")]


def _trade(number: int, kind: Kind, quantity: int, sol: int) -> Activity:
    sides = (Leg(mint=SOL, raw=sol * 10**9, decimals=9),), (Leg(mint=MINT, raw=quantity, decimals=5),)
    paid, received = sides if kind is Kind.BUY else sides[::-1]
    return structs.replace(purchase(number), chain="solana", kind=kind, paid=paid, received=received)


async def test_without_wallets_it_says_so(chats: TelegramChats, alice: User) -> None:
    for command in ("/wallet", "/pnl", "/top"):
        assert "/watch" in await chats.ask(alice.id, command)


async def test_a_wallet_is_recorded_from_its_alerts(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    assert "no trade of it was seen yet" in await chats.ask(alice.id, "/wallet Moby")
    trades = [_trade(1, Kind.BUY, 100, 2), _trade(61, Kind.SELL, 100, 3), _trade(70, Kind.BUY, 50, 1)]
    await store(database, Batch(chain="solana", activities=trades))
    await fan_out_all(database)
    text = await chats.ask(alice.id, f"/wallet {WHALE}")
    assert text.startswith("📒 Moby · scalper, holds 1 min (median)\n+1 SOL after fees · won 1 of 1, too few")
    assert "cost 1 SOL" in text
    assert "1. Moby: +1 SOL · won 1 of 1 · median +50%" in await chats.ask(alice.id, "/top")
    listed = await chats.ask(alice.id, "/pnl")
    assert "Realised, 30 days, before fees\n1. Moby: +1 SOL · 1 sale" in listed
    assert "1. Moby: +1 SOL · 1 sale" in await chats.ask(alice.id, "/pnl Moby 7d")


async def test_a_wallet_that_is_not_followed_is_not_recorded(chats: TelegramChats, alice: User) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    for command in ("/wallet Nemo", "/pnl Nemo all"):
        assert "Nemo is not followed here" in await chats.ask(alice.id, command)


async def test_the_order_is_a_table_where_the_chat_wants_that(chats: TelegramChats, alice: User) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    assert (await chats.ask(alice.id, "/top")).startswith("🏆 Your wallets")
    await chats.ask(alice.id, "/settings rich on")
    assert "# Wallet Made Won Median 1 Moby" in await chats.ask(alice.id, "/top")
