"""The line that names alerts says how many, of when, and which."""

from datetime import UTC, datetime, timedelta

from domain.activity.activity import SOL, Activity, Kind, Leg
from domain.delivery.facts import DigestEntry
from messaging.telegram.escaping import plain
from messaging.telegram.texts.unconfirmed import MAX_NAMED, unconfirmed_text

BEGAN = datetime(2026, 1, 1, 13, 46, tzinfo=UTC)
NOW = BEGAN + timedelta(hours=1)
MINT = "m" * 40


def entry(number: int = 0, label: str = "Ahab") -> DigestEntry:
    activity = Activity(
        chain="sandbox",
        signature=f"s{number}",
        slot=number,
        block_time=None,
        wallet="w" * 40,
        kind=Kind.BUY,
        paid=(Leg(mint=SOL, raw=2 * 10**9, decimals=9),),
        received=(Leg(mint=MINT, raw=12 * 10**6, decimals=6),),
    )
    return DigestEntry(
        label=label,
        subject=activity.wallet,
        sort="buy",
        number=1,
        event=activity,
        happened_at=BEGAN + timedelta(minutes=number),
    )


def test_it_names_the_events_and_their_times() -> None:
    text = plain(unconfirmed_text([entry(0), entry(3), entry(6, "Bela")], symbols={MINT: "TITHE"}, now=NOW))
    assert text.startswith("⚠️ 3 alerts of 13:46 UTC to 13:52 UTC may not have reached you: ")
    assert text.count("Ahab bought 12 TITHE for 2 SOL") == 2
    assert text.endswith("Bela bought 12 TITHE for 2 SOL")
    assert "\n" not in text


def test_one_alert_has_one_time() -> None:
    text = plain(unconfirmed_text([entry()], symbols={}, now=NOW))
    assert text.startswith("⚠️ 1 alert of 13:46 UTC may not have reached you: ")


def test_on_another_day_the_date_stands() -> None:
    later = NOW + timedelta(days=2)
    assert "1 alert of 2026-01-01 13:46 UTC" in plain(unconfirmed_text([entry()], symbols={}, now=later))
    both = plain(unconfirmed_text([entry(0), entry(3)], symbols={}, now=later))
    assert "of 2026-01-01 13:46 UTC to 13:49 UTC may" in both
    days = plain(unconfirmed_text([entry(0), entry(60 * 24)], symbols={}, now=later))
    assert "of 2026-01-01 13:46 UTC to 2026-01-02 13:46 UTC may" in days


def test_a_second_copy_says_so() -> None:
    text = unconfirmed_text([entry()], symbols={}, now=NOW, possible_repeat=True)
    assert text.endswith("♻️ Possible repeat: Telegram did not confirm the first copy")


def test_of_very_many_the_first_are_named_and_the_others_counted() -> None:
    label = "💎🐋<b>&amp;" * 4
    text = plain(unconfirmed_text([entry(n, label) for n in range(1_000)], symbols={MINT: label}, now=NOW))
    assert text.endswith(f", and {1_000 - MAX_NAMED:,} more")
    assert len(text.encode("utf-16-le")) // 2 <= 4_096
