"""The one line after an outage.
The line that names alerts says how many, of when, and which.
"""

from datetime import UTC, datetime, timedelta

from domain.activity.activity import SOL, Activity, Kind, Leg
from domain.delivery.deliveries import SuppressedSpam
from domain.delivery.facts import DigestEntry
from domain.delivery.outages import OutageSummary
from domain.rules.gates import Gate
from domain.rules.spam import SPAM_GATES
from messaging.telegram.escaping import plain
from messaging.telegram.texts.system_messages import MAX_NAMED, outage_text, spam_text, unconfirmed_text

BEGAN = datetime(2026, 3, 1, 14, 3, tzinfo=UTC)
UNCONFIRMED_BEGAN = datetime(2026, 1, 1, 13, 46, tzinfo=UTC)
NOW = UNCONFIRMED_BEGAN + timedelta(hours=1)
MINT = "m" * 40


def line(
    *, seconds: float = 1320, gaps: int = 1, blocks: int = 3140, events: int = 7, unread: int = 0
) -> str:
    return plain(
        outage_text(
            OutageSummary(
                began_at=BEGAN,
                ended_at=BEGAN + timedelta(seconds=seconds),
                gaps=gaps,
                blocks=blocks,
                events=events,
                unread=unread,
            )
        )
    )


def test_it_says_from_when_to_when_how_many_blocks_and_what_it_meant() -> None:
    assert line() == (
        "🌫 Feed was down 14:03 UTC–14:25 UTC (22 min). Caught up: 3,140 blocks, 7 events of your wallets."
    )


def test_where_nothing_happened_it_says_so() -> None:
    assert line(events=0).endswith("Caught up: 3,140 blocks; nothing happened in your wallets.")
    assert line(events=1, blocks=1).endswith("Caught up: 1 block, 1 event of your wallets.")


def test_a_source_without_blocks_counts_none() -> None:
    assert line(blocks=0).endswith("Caught up: 7 events of your wallets.")
    assert line(blocks=0, events=0).endswith("Caught up; nothing happened in your wallets.")


def test_an_outage_over_midnight_tells_both_days_and_one_with_pauses_how_many_spells() -> None:
    text = line(seconds=11 * 3600, gaps=3)
    assert "2026-03-01 14:03 UTC–2026-03-02 01:03 UTC (11 h, 3 times)" in text
    assert "14:03 UTC–14:04 UTC (1 min)" in line(seconds=60)
    assert "Feed was down 14:03 UTC (59 s)" in line(seconds=59.7)
    assert "(1 min 25 s)" in line(seconds=85)


def test_what_no_node_gave_is_never_called_nothing() -> None:
    text = line(events=0, unread=12_000)
    assert "nothing happened" not in text
    assert text.endswith("⚠️ 12,000 slots could not be recovered, so something may be missing.")
    assert "7 events of your wallets. ⚠️ 1 slot could not be recovered" in line(unread=1)


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
        happened_at=UNCONFIRMED_BEGAN + timedelta(minutes=number),
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


def test_the_line_about_spam_counts_each_sort() -> None:
    assert spam_text(SuppressedSpam(by_gate={Gate.DUST: 9, Gate.LOOK_ALIKE: 5})) == (
        "🧹 14 spam transfers were silent since yesterday: 9 worth less than $1, 5 from look-alikes."
        " /why names each."
    )
    assert spam_text(SuppressedSpam(by_gate={Gate.BLAST: 1})).startswith("🧹 1 spam transfer was silent")
    assert all(spam_text(SuppressedSpam(by_gate={gate: 2})) for gate in SPAM_GATES)
