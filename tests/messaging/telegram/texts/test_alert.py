"""What the message of an alert has whatever its kind: warnings, a revert, and nothing that breaks it."""

from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from domain.activity.activity import Kind, Leg
from domain.alerts.kinds import AlertKind
from domain.rules.decisions import decide
from domain.rules.gates import Gate, Reasons
from domain.rules.rules import Rules, Watch
from messaging.telegram.texts.alert import ALERT_TEXTS, alert_text, reverted_text, unknown_notes
from sandbox.telegram.formatting.html import parse_html
from tests.messaging.telegram.alert_samples import MINT, activity, facts, lines


def test_every_kind_of_alert_has_its_texts() -> None:
    assert set(ALERT_TEXTS) == set(AlertKind)


def test_a_late_alert_says_how_late() -> None:
    assert "late" not in alert_text(facts(activity(), age=60.0))
    assert lines(activity(), age=61.0)[1] == "⏱ 1 min late"
    assert lines(activity(), age=7_500.0)[1] == "⏱ 2 h 5 min late"
    assert lines(activity(), age=7_200.0)[1] == "⏱ 2 h late"
    assert lines(activity(), age=400_000.0)[1] == "⏱ 4 d late"


def test_a_possible_repeat_is_marked() -> None:
    assert lines(activity(), possible_repeat=True)[1].startswith("♻️ Possible repeat")


@given(
    label=st.text(max_size=40),
    symbol=st.text(max_size=40),
    venue=st.text(max_size=40),
    kind=st.sampled_from(Kind),
    raw=st.integers(1, 10**40),
    decimals=st.none() | st.integers(-5, 300),
)
def test_nothing_from_the_chain_breaks_a_message(
    label: str, symbol: str, venue: str, kind: Kind, raw: int, decimals: int | None
) -> None:
    leg = Leg(mint=MINT, raw=raw, decimals=decimals)
    hostile = activity(kind, paid=(leg,), received=(leg,), route=(venue,))
    text, entities = parse_html(
        alert_text(facts(hostile, label=label, symbols={MINT: symbol}, possible_repeat=True))
    )
    assert len(text) < 4096
    assert {entity.type for entity in entities} <= {
        "bold",
        "date_time",
        "text_link",
        "code",
        "expandable_blockquote",
    }


def test_an_alert_that_died_with_its_fork_says_so_in_its_first_line_and_keeps_the_others() -> None:
    text_lines = lines(activity(), reverted=True)
    assert text_lines[0].startswith("❌ Reverted: no block of the chain holds this")
    assert text_lines[1:] == lines(activity())
    assert parse_html(reverted_text(facts(activity())))[0].splitlines() == text_lines[:2]


def test_what_was_not_known_is_named_in_one_line() -> None:
    assert unknown_notes(Reasons()) == []
    assert unknown_notes(
        Reasons(unknown=(Gate.BELOW_MINIMUM, Gate.ABOVE_MAXIMUM, Gate.TOO_YOUNG, Gate.LIQUIDITY_TOO_LOW))
    ) == ["❔ Not known, so not checked by your rules: dollars, token age, liquidity"]


def test_most_of_the_alerts_of_an_hour_are_used() -> None:
    (note,) = unknown_notes(Reasons(nearing_limit=300))
    assert note.startswith("📏 240 of 300 alerts of this hour are used; beyond 300 they come together")


_ASKED = Rules(
    min_usd=Decimal(1),
    max_usd=Decimal(9),
    first_buy_only=True,
    full_exit_only=True,
    min_age_seconds=1,
    max_age_seconds=9,
    min_market_cap=Decimal(1),
    max_market_cap=Decimal(9),
    min_liquidity=Decimal(1),
)


def test_whatever_rule_lets_pass_what_it_does_not_know_is_named() -> None:
    at = datetime(2026, 11, 28, tzinfo=UTC)
    event = activity()
    watch = Watch(
        watch_id=1,
        chat_id=1,
        topic_id=0,
        chain=event.chain,
        wallet=event.wallet,
        label="",
        created_at=at,
        rules=_ASKED,
    )
    decision = decide(watch, event, seen_at=at, now=at)
    assert len(decision.unknown) == 8  # a purchase is no exit
    (note,) = unknown_notes(Reasons(unknown=decision.unknown))
    assert note.count(",") == 5  # one of them before the names
