"""One message for many events."""

import re
from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from domain.activity.activity import SOL, Activity, Kind, Leg
from messaging.telegram.escaping import plain
from messaging.telegram.texts.alert_kind import AlertFacts
from messaging.telegram.texts.group import MAX_LISTED, events_of, group_text

MINT = "DezXAZ8z7PnrnRJjz3wXBoRgixCa6xjnB7YaB1pPB263"
MAX_TEXT = 4096


def event(
    number: int,
    *,
    wallet: str = "w" * 40,
    age: float = 5.0,
    possible_repeat: bool = False,
    reverted: bool = False,
) -> AlertFacts[Activity]:
    activity = Activity(
        chain="solana",
        signature=f"signature{number}",
        slot=1_000 + number,
        block_time=None,
        wallet=wallet,
        kind=Kind.BUY,
        paid=(Leg(mint=SOL, raw=84_200_000_000 + number, decimals=9),),
        received=(Leg(mint=MINT, raw=3_841_012_345, decimals=5),),
        venue="Jupiter",
    )
    return AlertFacts(
        event=activity,
        label="Toly <2>",
        symbols={MINT: "WIF"},
        happened_at=datetime.fromtimestamp(1_700_000_000 + number, tz=UTC),
        age=age,
        possible_repeat=possible_repeat,
        reverted=reverted,
    )


def events_in(text: str) -> int:
    """How many events a message speaks of."""
    summary = text.partition("Before these:")[2]
    summed = sum(int(one or rest) for one, rest in re.findall(r"(\d+) ×|and (\d+) more", summary))
    return len(events_of(text)) + summed


def test_each_event_is_shown_with_its_amounts_and_slot() -> None:
    text = group_text([event(1), event(2)])
    assert text.startswith(
        "📚 <b>2 trades</b>: Toly &lt;2&gt; 2 buys BONK\n\n🟢 <b>Toly &lt;2&gt;</b> bought 38.4K "
    )
    assert "84.200000001 SOL → 38,410.12345" in text
    assert "slot 1,001" in text
    assert "slot 1,002" in text
    assert text.index("slot 1,001") < text.index("slot 1,002")


def test_the_older_ones_are_summed_up_and_none_is_missing() -> None:
    text = group_text([event(number) for number in range(60)])
    assert len(events_of(text)) <= MAX_LISTED
    assert "slot 1,059" in text
    assert "slot 1,000" not in text
    assert events_in(text) == 60


def test_several_wallets_are_named_in_the_first_line() -> None:
    ahab = replace(event(1, wallet="a" * 40), label="Ahab")
    assert group_text([ahab, event(2), event(3)]).startswith(
        "📚 <b>3 trades</b>: Toly &lt;2&gt; 2 buys BONK, Ahab 1 buy BONK\n"
    )


def test_it_says_how_late_the_oldest_is_and_that_it_may_be_a_repeat() -> None:
    text = group_text([event(1, age=600.0, possible_repeat=True), event(2)])
    assert "⏱ up to 10 min late" in text
    assert "♻️ Possible repeat" in text


def test_any_other_message_is_one_event() -> None:
    assert events_of("🟢 Toly bought\n\nsomething") == ["🟢 Toly bought\n\nsomething"]


@given(
    st.lists(st.tuples(st.integers(0, 99), st.sampled_from(["a" * 40, "b" * 40])), min_size=2, max_size=60)
)
def test_every_event_stands_exactly_once_and_telegram_takes_the_message(
    events: list[tuple[int, str]],
) -> None:
    text = group_text([event(number, wallet=wallet) for number, wallet in events])
    assert events_in(text) == len(events)
    assert len(plain(text).encode("utf-16-le")) // 2 <= MAX_TEXT
    assert len(re.findall(r"<(?:b|a|code|tg-time)\b", text)) <= 100


def test_what_died_is_marked_among_the_others_and_counted_in_the_first_line() -> None:
    text = group_text([event(number, reverted=number in {0, 59}) for number in range(60)])
    assert text.startswith("📚 <b>60 trades</b> (❌ 2 reverted): Toly &lt;2&gt; 60 buys BONK\n")
    assert events_of(text)[-1].startswith("❌ reverted: 🟢 <b>Toly")
    assert "❌ reverted: 🟢 <b>Toly &lt;2&gt;</b>: 1 × bought BONK" in text
    assert events_in(text) == 60
