"""Trades of followed tokens are gathered from blocks, whoever trades; what cannot be told waits."""

import json
from typing import Any

import pytest

from domain.activity.activity import Activity, Kind
from domain.errors import DatabaseUnavailable
from runtime.observability.metrics import REGISTRY
from scanner.commit import token_trades
from scanner.commit.token_trades import TokenTradeAnnouncer, TokenTrades
from storage.postgres import Database
from tests.chain import samples

TRADER, MINT = samples.address("trader"), samples.address("mint")


def block(*transactions: dict[str, Any]) -> bytes:
    value = {
        "blockhash": samples.address("block"),
        "previousBlockhash": samples.address("before"),
        "parentSlot": 8,
        "blockTime": 1_795_000_000,
        "transactions": [
            {"transaction": one["transaction"], "meta": one["meta"], "version": 0} for one in transactions
        ],
    }
    return json.dumps(value).encode()


def test_while_nobody_follows_a_token_nothing_is_looked_at() -> None:
    trades = TokenTrades()
    trades.see(9, block(samples.swap()), chain="solana")
    assert trades.take(9) == []


def test_a_trade_of_a_followed_token_waits_whoever_made_it() -> None:
    trades = TokenTrades()
    trades.watch([MINT])
    trades.see(9, b"no block with " + MINT.encode(), chain="solana")
    trades.see(9, block(samples.swap()), chain="solana")
    ((mint, activity),) = trades.take(9)
    assert (mint, activity.wallet, activity.slot) == (MINT, TRADER, 9)
    assert trades.take(9) == []
    trades.give_back([(mint, activity)])
    assert trades.take(9) == [(mint, activity)]


async def test_what_cannot_be_stored_waits_for_the_next_time(monkeypatch: pytest.MonkeyPatch) -> None:
    trades = TokenTrades()
    trades.watch([MINT])
    trades.see(9, block(samples.swap()), chain="solana")
    answers: list[int | None] = [None, 1]

    async def store(_: Database, found: list[object]) -> int:
        answer = answers.pop(0)
        if answer is None:
            raise DatabaseUnavailable("away")
        return len(found)

    monkeypatch.setattr(token_trades, "announce_trades", store)
    announcer = TokenTradeAnnouncer(None, trades, chain="solana")  # type: ignore[arg-type]
    with pytest.raises(DatabaseUnavailable):
        await announcer.announce()
    assert await announcer.announce() == 1
    assert await announcer.announce() == 0


def dropped() -> float:
    return REGISTRY.get_sample_value("whale_watcher_token_trades_dropped_total") or 0.0


def seen() -> Activity:
    trades = TokenTrades()
    trades.watch([MINT])
    trades.see(9, block(samples.swap()), chain="solana")
    ((_, activity),) = trades.take(1)
    return activity


async def test_one_that_cannot_be_stored_is_dropped_and_the_others_are_stored(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    activity, before = seen(), dropped()
    stored: list[str] = []

    async def store(_: Database, found: list[tuple[str, Activity]]) -> int:
        if any(mint == "poison" for mint, _ in found):
            raise ValueError("no such number")
        stored.extend(mint for mint, _ in found)
        return len(found)

    monkeypatch.setattr(token_trades, "announce_trades", store)
    trades = TokenTrades()
    trades.give_back([("one", activity), ("poison", activity), ("two", activity)])
    announcer = TokenTradeAnnouncer(None, trades, chain="solana")  # type: ignore[arg-type]
    assert await announcer.announce() == 2
    assert (stored, trades.take(9), dropped() - before) == (["one", "two"], [], 1)


def test_the_oldest_beyond_the_bound_are_dropped_and_counted() -> None:
    activity, before = seen(), dropped()
    trades = TokenTrades()
    trades.give_back([(str(number), activity) for number in range(token_trades.MAX_WAITING + 3)])
    assert dropped() - before == 3
    assert trades.take(1) == [("3", activity)]


def test_of_a_followed_stablecoin_its_mints_wait_and_its_trades_do_not() -> None:
    usdc = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"
    issuer, holder, account = (samples.address(name) for name in ("issuer", "holder", "account"))
    made = samples.transaction(
        {issuer: (10**9, 10**9), account: (samples.RENT, samples.RENT), usdc: (samples.RENT, samples.RENT)},
        tokens=((), (samples.token_balance(account, holder, usdc, 9_000_000),)),
        calls=((samples.call(samples.TOKEN, b"\x07" + bytes(8)) | {"accounts": [2, 1, 0]}, ()),),
    )
    trades = TokenTrades()
    trades.watch([usdc])
    trades.see(9, block(samples.swap(), made), chain="solana")
    ((mint, activity),) = trades.take(9)
    assert (mint, activity.wallet, activity.kind) == (usdc, holder, Kind.MINT)
    assert trades.take(9) == []
