"""Digests: every event stands in one exactly once, and it fits a message."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from domain.activity.activity import SOL, Activity, Kind, Leg
from domain.activity.prices import MarketFacts
from domain.delivery.facts import DigestEntry
from domain.rules.gates import Gate
from messaging.telegram.escaping import plain
from messaging.telegram.texts.digest import digest_text

NOW = datetime(2026, 1, 1, 3, 12, tzinfo=UTC)
WALLET = "7vfCXTUXx5WJV5JADk17DUJ4ksgau7utNKj4b963voxs"
MINT = "DezXAZ8z7PnrnRJjz3wXBoRgixCa6xjnB7YaB1pPB26"


def entry(
    label: str = "Moby", *, wallet: str = WALLET, number: int = 1, counted: bool = False
) -> DigestEntry:
    activity = Activity(
        chain="sandbox",
        signature="s",
        slot=1,
        block_time=None,
        wallet=wallet,
        kind=Kind.BUY,
        paid=(Leg(mint=SOL, raw=84_200_000_000, decimals=9),),
        received=(Leg(mint=MINT, raw=5_000_000, decimals=6),),
    )
    return DigestEntry(
        label=label,
        subject=wallet,
        sort=Kind.BUY.value,
        number=number,
        event=None if counted else activity,
        happened_at=NOW,
    )


def trade(kind: Kind, sol: int, signature: str = "s") -> DigestEntry:
    """A purchase or sale for so many SOL."""
    one = entry()
    assert isinstance(one.event, Activity)
    sides = (Leg(mint=SOL, raw=sol * 10**9, decimals=9),), one.event.received
    paid, received = sides if kind is Kind.BUY else sides[::-1]
    event = msgspec.structs.replace(one.event, signature=signature, kind=kind, paid=paid, received=received)
    return replace(one, sort=kind.value, event=event)


def test_what_was_more_than_an_hour_takes_is_said() -> None:
    text = digest_text([entry(), replace(entry(number=7, counted=True), gate=Gate.HOUR_FULL)], symbols={})
    assert "7 of them over your hourly limit: /digest" in text


def test_what_a_busy_wallet_did_is_over_no_limit_of_the_chat() -> None:
    busy = replace(entry(number=7, counted=True), gate=Gate.WALLET_BUSY)
    text = digest_text([entry(), busy], symbols={})
    assert "7 of them from 1 busy wallet: /settings" in text
    other = replace(busy, subject=MINT)
    assert "21 of them from 2 busy wallets" in digest_text([entry(), busy, busy, other], symbols={})
    assert "hourly limit" not in text


def test_an_exit_stands_above_larger_sales() -> None:
    large, small = trade(Kind.SELL, 90), trade(Kind.SELL, 5)
    assert isinstance(small.event, Activity)
    sold_all = msgspec.structs.replace(small.event, token_before=7, token_after=0)
    text = plain(digest_text([large, replace(small, event=sold_all)], symbols={MINT: "KRILL"}))
    assert text.splitlines()[:2] == [
        "🌙 2 alerts while you were away: Moby 1 full exit KRILL, 1 sell KRILL",
        "Total: 1 full exit (5 SOL), 1 sell (90 SOL)",
    ]
    listed = [line for line in text.splitlines() if line.startswith("🔴")]
    assert "sold ALL 5 KRILL" in listed[0]
    assert "90 SOL" in listed[1]


def test_a_digest_tells_each_event_and_counts_the_earlier_ones() -> None:
    text = plain(
        digest_text([entry(number=30, counted=True), entry("Toly"), entry()], symbols={MINT: "KRILL"})
    )
    assert text.splitlines() == [
        "🌙 32 alerts while you were away: Toly 1 buy KRILL, Moby 1 buy KRILL, 30 buys",
        "Total: 32 buys (168.4+ SOL)",
        "🟢 Toly bought 5 KRILL for 84.2 SOL · 03:12 UTC",
        "🟢 Moby bought 5 KRILL for 84.2 SOL · 03:12 UTC",
        "And 30 more:",
        "· Moby: 30 buys",
    ]


def test_one_alert_and_a_possible_repeat() -> None:
    text = digest_text([entry()], symbols={}, possible_repeat=True)
    assert text.startswith("🌙 <b>1 alert while you were away</b>: Moby 1 buy ")
    assert "Possible repeat" in text


@given(
    st.lists(st.tuples(st.text(max_size=40), st.integers(1, 10**6), st.booleans()), max_size=120), st.text()
)
def test_it_fits_a_message_and_nobody_is_missing(drawn: list[tuple[str, int, bool]], symbol: str) -> None:
    counted = [
        entry(name, wallet=f"{WALLET}{i}", number=n, counted=True)
        for i, (name, n, c) in enumerate(drawn)
        if c
    ]
    alone = [entry(name) for name, _, c in drawn if not c]
    text = plain(digest_text([*counted, *alone], symbols={MINT: symbol}))
    assert len(text.encode("utf-16-le")) // 2 <= 4096
    assert f"{sum(one.number for one in (*counted, *alone)):,} alert" in text.splitlines()[0]
    if not counted and "more:" not in text:
        assert sum(line.startswith("🟢") for line in text.splitlines()) == len(alone)


def test_what_died_with_its_fork_is_marked_and_counted_in_the_first_line() -> None:
    entries = [replace(entry(number=30, counted=True), reverted=2), replace(entry(), reverted=1), entry()]
    text_lines = plain(digest_text(entries, symbols={MINT: "KRILL"})).splitlines()
    assert text_lines[0] == "🌙 32 alerts while you were away (❌ 3 reverted): Moby 2 buys KRILL, 30 buys"
    assert text_lines[2].startswith("❌ reverted: 🟢 Moby bought")
    assert text_lines[3].startswith("🟢 Moby bought")


def test_exits_and_the_largest_come_first_and_the_rest_follows_in_order() -> None:
    small, large, later = (trade(Kind.BUY, sol) for sol in (1, 50, 1))
    exit_ = trade(Kind.SELL, 3)
    entries = [replace(small, label="First"), large, exit_, replace(later, label="Last")]
    lines = plain(digest_text(entries, symbols={MINT: "KRILL"})).splitlines()
    assert lines[0] == (
        "🌙 4 alerts while you were away: Moby 1 sell KRILL, 1 buy KRILL, First 1 buy KRILL, Last 1 buy KRILL"
    )
    assert lines[1] == "Total: 1 sell (3 SOL), 3 buys (52 SOL)"
    assert [line.split()[1] + " " + line.split()[2] for line in lines[2:]] == [
        "Moby sold",
        "Moby bought",
        "First bought",
        "Last bought",
    ]


def test_of_more_than_fit_the_exit_stands_though_it_was_early() -> None:
    entries = [trade(Kind.SELL, 1), *(trade(Kind.BUY, 2) for _ in range(200))]
    lines = plain(digest_text(entries, symbols={MINT: "KRILL"})).splitlines()
    assert lines[0] == "🌙 201 alerts while you were away: Moby 1 sell KRILL, 200 buys KRILL"
    assert lines[2].startswith("🔴 Moby sold")
    listed = sum(line.startswith(("🟢", "🔴")) for line in lines)
    assert lines[-2] == f"And {201 - listed} more:"
    assert lines[-1] == f"· Moby: {201 - listed} buys"


def test_the_first_line_says_the_dollars_of_all_that_stands() -> None:
    market = MarketFacts(usd=Decimal(15_900))
    known = [replace(trade(Kind.BUY, sol, f"of {sol}"), market=market) for sol in (1, 2)]
    text = plain(digest_text([*known, replace(known[0], reverted=1)], symbols={MINT: "KRILL"}))
    assert text.startswith("🌙 3 alerts while you were away · $31.8K (❌ 1 reverted): ")
    counted = digest_text([*known, entry(number=3, counted=True)], symbols={MINT: "KRILL"})
    assert plain(counted).startswith("🌙 5 alerts while you were away · at least $31.8K: ")


def test_large_in_dollars_comes_before_large_in_sol() -> None:
    dollars = replace(trade(Kind.BUY, 1), label="Dora", market=MarketFacts(usd=Decimal(90_000)))
    lines = plain(digest_text([trade(Kind.BUY, 50), dollars], symbols={MINT: "KRILL"})).splitlines()
    assert [line.split()[1] for line in lines[2:]] == ["Dora", "Moby"]
