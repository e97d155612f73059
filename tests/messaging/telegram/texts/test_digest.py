"""Digests: every event stands in one exactly once, and it fits a message."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from domain.activity.activity import SOL, Activity, Kind, Leg
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


def test_what_was_more_than_an_hour_takes_is_said() -> None:
    text = digest_text([entry(), replace(entry(number=7, counted=True), gate=Gate.HOUR_FULL)], symbols={})
    assert "7 of them were more than may be told one by one in an hour" in text


def test_a_digest_tells_each_event_and_counts_the_earlier_ones() -> None:
    text = plain(
        digest_text([entry(number=30, counted=True), entry("Toly"), entry()], symbols={MINT: "KRILL"})
    )
    assert text.splitlines() == [
        "🌙 While you heard nothing: 32 alerts",
        "Earlier, 30:",
        "· Moby: 30 buy",
        "🟢 Toly bought 5 KRILL for 84.2 SOL · 03:12 UTC",
        "🟢 Moby bought 5 KRILL for 84.2 SOL · 03:12 UTC",
    ]


def test_one_alert_and_a_possible_repeat() -> None:
    text = digest_text([entry()], symbols={}, possible_repeat=True)
    assert "nothing: 1 alert</b>" in text
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
    if not counted and "Earlier" not in text:
        assert sum(line.startswith("🟢") for line in text.splitlines()) == len(alone)


def test_what_died_with_its_fork_is_marked_and_counted_in_the_first_line() -> None:
    entries = [replace(entry(number=30, counted=True), reverted=2), replace(entry(), reverted=1), entry()]
    text_lines = plain(digest_text(entries, symbols={MINT: "KRILL"})).splitlines()
    assert text_lines[0] == "🌙 While you heard nothing: 32 alerts · ❌ 3 reverted"
    assert text_lines[-2].startswith("❌ reverted: 🟢 Moby bought")
    assert text_lines[-1].startswith("🟢 Moby bought")
