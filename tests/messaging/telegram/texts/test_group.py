"""One message for many events."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.activity.activity import SOL, Activity, Kind, Leg
from domain.activity.prices import MarketFacts
from messaging.languages.choice import LANGUAGES, locale_of
from messaging.languages.locale import ENGLISH, Locale
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
    usd: int | None = None,
    kind: Kind = Kind.BUY,
    locale: Locale = ENGLISH,
) -> AlertFacts[Activity]:
    sol, token = (
        (Leg(mint=SOL, raw=84_200_000_000 + number, decimals=9),),
        (Leg(mint=MINT, raw=3_841_012_345, decimals=5),),
    )
    activity = Activity(
        chain="solana",
        signature=f"signature{number}",
        slot=1_000 + number,
        block_time=None,
        wallet=wallet,
        kind=kind,
        paid=token if kind is Kind.SELL else sol,
        received=sol if kind is Kind.SELL else token,
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
        market=MarketFacts(usd=None if usd is None else Decimal(usd)),
        locale=locale,
    )


def events_in(text: str) -> int:
    """Return how many events a message speaks of."""
    summary = text.partition("\n\nAnd ")[2]
    summed = sum(int(one or rest) for one, rest in re.findall(r"(\d+) ×|and (\d+) more", summary))
    return len(events_of(text)) + summed


def test_each_event_is_shown_with_its_amounts_and_slot() -> None:
    text = group_text([event(1), event(2)])
    assert text.startswith(
        "📚 <b>2 trades</b>: Toly &lt;2&gt; 2 buys BONK · dollars unknown\n\n"
        "🟢 <b>Toly &lt;2&gt;</b> bought 38.4K "
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
        "📚 <b>3 trades</b>: Toly &lt;2&gt; 2 buys BONK, Ahab 1 buy BONK · dollars unknown\n"
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
    assert text.startswith("📚 <b>60 trades</b> (❌ 2 reverted): Toly &lt;2&gt; 60 buys BONK · ")
    assert events_of(text)[-1].startswith("❌ reverted: 🟢 <b>Toly")
    assert "❌ reverted: 🟢 <b>Toly &lt;2&gt;</b>: 1 × bought BONK" in text
    assert events_in(text) == 60


def test_the_first_line_says_the_dollars_of_all_and_at_least_how_many_where_one_is_unknown() -> None:
    known = [event(1, usd=15_900), event(2, usd=25_100)]
    assert group_text(known).startswith("📚 <b>2 trades · $41K</b>: Toly &lt;2&gt; 2 buys BONK\n")
    text = group_text([*known, event(3), event(4)])
    assert text.startswith("📚 <b>4 trades · at least $41K</b>: Toly &lt;2&gt; 4 buys BONK\n")
    assert "unknown" not in text.splitlines()[0]
    assert group_text([event(1), event(2)]).count("dollars unknown") == 1


def test_what_never_happened_is_not_in_the_total() -> None:
    text = group_text([event(1, usd=1_000), event(2, usd=7_000, reverted=True), event(3, usd=500)])
    assert text.startswith("📚 <b>3 trades · $1,500</b> (❌ 1 reverted): ")
    gone = [event(1, usd=1_000, reverted=True), event(2, reverted=True)]
    assert group_text(gone).startswith("📚 <b>2 trades</b> (❌ 2 reverted): Toly &lt;2&gt; 2 buys BONK\n")


def test_events_stand_in_the_order_of_the_first_line_exits_and_large_ones_first() -> None:
    small, large = event(1, wallet="a" * 40, usd=10), event(2, wallet="b" * 40, usd=9_000)
    again, left = event(3, wallet="a" * 40, usd=20), event(4, wallet="c" * 40, usd=5, kind=Kind.SELL)
    names = {"a": "Ahab", "b": "Bela", "c": "Cora"}
    events = [replace(one, label=names[one.event.wallet[0]]) for one in (small, large, again, left)]
    text = plain(group_text(events))
    assert text.startswith("📚 4 trades · $9,035: Cora 1 sell BONK, Bela 1 buy BONK, Ahab 2 buys BONK\n")
    assert [part.split()[1] for part in events_of(text)] == ["Cora", "Bela", "Ahab", "Ahab"]
    assert text.index("slot 1,001") < text.index("slot 1,003")


def test_exits_are_listed_in_full_however_old_they_are() -> None:
    events = [event(0, wallet="a" * 40, kind=Kind.SELL), *(event(number) for number in range(1, 60))]
    text = group_text(events)
    assert events_of(text)[0].startswith("🔴 ")
    assert "slot 1,000" in text
    assert events_in(text) == 60


@pytest.mark.parametrize("language", LANGUAGES)
def test_in_every_language_the_summary_is_no_event(language: str) -> None:
    locale = locale_of(language)
    text = group_text([event(number, locale=locale) for number in range(60)])
    assert all("blockquote" in part for part in events_of(text))
    assert 1 < len(events_of(text)) <= MAX_LISTED
