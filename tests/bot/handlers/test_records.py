"""/wallet and /pnl, in the chat, from what alerts have booked."""

import threading
from collections.abc import Mapping
from time import perf_counter

import pytest
from msgspec import structs

from domain.activity.activity import SOL, Activity, Kind, Leg
from domain.activity.addresses import short
from domain.positions.holdings import Holding
from domain.positions.records import Record, record_of
from domain.positions.whale_scores import WhaleScore
from sandbox.telegram import SandboxTelegram
from sandbox.telegram.shapes import User
from storage.admin.retention import apply_retention
from storage.ingest.activities import Batch, store
from storage.postgres import Database
from storage.whales.scores import save_score
from tests.bot.conftest import OTHER_WHALE, TelegramChats
from tests.domain.positions.entries import USDC
from tests.domain.positions.whale_samples import GOOD
from tests.storage.busy_wallet import put_busy_wallet
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
    assert (
        "0 of 1 tokens never seen bought · 0 sold beyond what was seen bought · "
        "0 of 1 round trips under 60 s" in text
    )
    assert "Latest, UTC" in text
    assert "1. Moby: +1 SOL · won 1 of 1 · median +50%" in await chats.ask(alice.id, "/top")
    listed = await chats.ask(alice.id, "/pnl")
    assert "Realised, 30 days, before fees\n1. Moby: +1 SOL · 1 sale" in listed
    assert "1. Moby: +1 SOL · 1 sale" in await chats.ask(alice.id, "/pnl Moby 7d")


async def test_the_records_of_many_wallets_keep_nobody_else_waiting(
    chats: TelegramChats, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = []

    def noted(holdings: Mapping[str, Holding]) -> Record:
        threads.append(threading.current_thread())
        return record_of(holdings)

    monkeypatch.setattr("bot.handlers.records.record_of", noted)
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    await chats.ask(alice.id, "/top")
    assert threads
    assert threading.current_thread() not in threads


async def test_what_was_made_in_all_outlives_the_alerts_of_the_sales(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    trades = [_trade(1, Kind.BUY, 100, 2), _trade(61, Kind.SELL, 100, 3)]
    await store(database, Batch(chain="solana", activities=trades))
    await fan_out_all(database)
    for table in ("alerts", "deliveries"):
        await database.execute(f"UPDATE {table} SET created_at = now() - interval '91 days'")
    await database.execute("UPDATE deliveries SET state = 'sent'")
    assert (await apply_retention(database, days=90))["alerts"] == 2
    assert "1. Moby: no sale seen" in await chats.ask(alice.id, "/pnl Moby 30d")
    assert "Realised, all time, before fees\n1. Moby: +1 SOL · 1 sale\n" in await chats.ask(
        alice.id, "/pnl Moby all"
    )


async def test_who_trades_for_dollars_is_ranked_with_the_others_by_the_price_of_sol(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    await chats.ask(alice.id, f"/watch {OTHER_WHALE} Nemo")
    await database.execute(
        "INSERT INTO dollar_prices (chain, mint, signature, usd, seen_at)"
        " VALUES ('solana', 'SOL', 'one', 100, now())"
    )
    in_sol = [_trade(1, Kind.BUY, 100, 2), _trade(61, Kind.SELL, 100, 3)]
    in_dollars = [
        structs.replace(
            one,
            wallet=OTHER_WHALE,
            signature=f"{one.signature} of Nemo",
            slot=one.slot + 1,
            **{side: (Leg(mint=USDC, raw=usd * 10**6, decimals=6),)},
        )
        for one, side, usd in zip(in_sol, ("paid", "received"), (1_000, 1_500), strict=True)
    ]
    await store(database, Batch(chain="solana", activities=[*in_sol, *in_dollars]))
    await fan_out_all(database)
    text = await chats.ask(alice.id, "/top")
    assert "1. Nemo: +$500 · won 1 of 1 · median +50%" in text
    assert "2. Moby: +1 SOL" in text
    for period in ("30d", "all"):
        text = await chats.ask(alice.id, f"/pnl {period}")
        assert "1. Nemo: +$500 · 1 sale\n2. Moby: +1 SOL" in text
    assert "+$500 before fees · won 1 of 1" in await chats.ask(alice.id, "/wallet Nemo")


async def test_whales_of_searches_stand_below_the_wallets_of_the_chat_and_losers_count(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    for address, record in ((OTHER_WHALE, GOOD), (WHALE, structs.replace(GOOD, realised_sol=-(10**9)))):
        score = WhaleScore(record=record, transactions=100)
        await save_score(database, chain="solana", address=address, score=score)
    assert "1 of 2 made something" in await chats.ask(alice.id, "/top")
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    text = await chats.ask(alice.id, "/top wins")
    assert "by the part of round trips won\n1. Moby: 0 SOL, no trade seen" in text
    assert f"1 of 1 made something\n1. {short(OTHER_WHALE)}: +12 SOL · won 14 of 20 (70%)" in text


@pytest.mark.measures
async def test_a_wallet_of_a_hundred_thousand_activities_is_answered_in_fifty_milliseconds(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    """From the message that is sent to the answer that Telegram has taken."""
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    await put_busy_wallet(database)
    seconds = []
    for _ in range(8):
        began = perf_counter()
        text = await chats.ask(alice.id, "/wallet Moby")
        seconds.append(perf_counter() - began)
    assert "100,000 trades" in text
    assert min(seconds) < 0.05, seconds


async def test_what_others_follow_and_how_they_call_it_is_in_no_order(
    chats: TelegramChats, alice: User, telegram: SandboxTelegram, database: Database
) -> None:
    bob = telegram.people.add_user("Bob")
    await chats.ask(bob.id, f"/watch {WHALE} Bobs-secret")
    await store(
        database,
        Batch(chain="solana", activities=[_trade(1, Kind.BUY, 100, 2), _trade(61, Kind.SELL, 100, 3)]),
    )
    await fan_out_all(database)
    assert "Bobs-secret: +1 SOL" in await chats.ask(bob.id, "/top")
    assert "+1 SOL" not in await chats.ask(alice.id, "/top")
    await chats.ask(alice.id, f"/watch {OTHER_WHALE} Nemo")
    await save_score(database, chain="solana", address=WHALE, score=WhaleScore(record=GOOD, transactions=100))
    text = await chats.ask(alice.id, "/top")
    assert f"1. {short(WHALE)}: +12 SOL" in text
    assert "secret" not in text


async def test_what_is_owned_is_compared_with_its_cost(
    chats: TelegramChats, alice: User, database: Database
) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    await database.execute(
        "INSERT INTO dollar_prices (chain, mint, signature, usd, seen_at)"
        " VALUES ('solana', 'SOL', 'one', 100, to_timestamp(1700000000))"
    )
    await database.execute("INSERT INTO tokens (chain, mint, decimals) VALUES ('solana', $1, 0)", MINT)
    await store(database, Batch(chain="solana", activities=[_trade(1, Kind.BUY, 100, 2)]))
    await fan_out_all(database)
    await database.execute(
        "INSERT INTO candles (chain, mint, seconds, begins, open, high, low, close, open_at, close_at)"
        " SELECT 'solana', $1, seconds, date_trunc('hour', now()), 3, 3, 3, 3, now(), now()"
        " FROM unnest(ARRAY[60, 3600]) AS seconds",
        MINT,
    )
    for command in ("/wallet Moby", "/pnl"):
        assert "Held now: +$100 (+50%) unrealised" in await chats.ask(alice.id, command)


async def test_without_a_name_it_asks_whose_record(chats: TelegramChats, alice: User) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    await chats.ask(alice.id, f"/watch {OTHER_WHALE} Nemo")
    assert await chats.ask(alice.id, "/wallet") == "The record of which wallet?"


async def test_a_wallet_that_is_not_followed_is_not_recorded(chats: TelegramChats, alice: User) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    for command in ("/wallet Nemo", "/pnl Nemo all"):
        assert "Nemo is not followed here" in await chats.ask(alice.id, command)


async def test_the_order_is_a_table_where_the_chat_wants_that(chats: TelegramChats, alice: User) -> None:
    await chats.ask(alice.id, f"/watch {WHALE} Moby")
    assert (await chats.ask(alice.id, "/top")).startswith("🏆 Your wallets")
    await chats.ask(alice.id, "/settings rich on")
    assert "# Wallet Made Won Median 1 Moby" in await chats.ask(alice.id, "/top")
