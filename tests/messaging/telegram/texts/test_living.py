"""The message of a position: the latest event in full, the earlier ones in a line each."""

from dataclasses import replace
from datetime import timedelta

from msgspec import structs

from domain.activity.activity import SOL, Activity, Kind, Leg
from domain.alerts.kinds import AlertEvent
from messaging.telegram.escaping import plain
from messaging.telegram.texts.alert import alert_text
from messaging.telegram.texts.alert_kind import AlertFacts
from messaging.telegram.texts.living import MAX_LISTED, living_text
from tests.domain.delivery.deliveries import NOW, activity

WHOLE = 4_096


def event(number: int, kind: Kind = Kind.BUY) -> AlertFacts[AlertEvent]:
    sol, token = Leg(mint=SOL, raw=10**9 * number, decimals=9), Leg(mint="mint", raw=number, decimals=0)
    paid, received = (token, sol) if kind is Kind.SELL else (sol, token)
    happened: Activity = structs.replace(
        activity(f"s{number}"), kind=kind, slot=number, paid=(paid,), received=(received,)
    )
    return AlertFacts(
        event=happened,
        label="Ahab",
        symbols={"mint": "WIF"},
        happened_at=NOW + timedelta(seconds=number % 1_000),
        age=0.0,
    )


def units(text: str) -> int:
    return len(plain(text).encode("utf-16-le")) // 2


def test_one_event_is_its_alert() -> None:
    assert living_text([event(1)]) == alert_text(event(1))


def test_the_latest_event_comes_first_and_the_others_below_in_their_order() -> None:
    text = living_text([event(1), event(2), event(3, Kind.SELL)])
    assert text.startswith(alert_text(event(3, Kind.SELL)))
    before = plain(text).split("Before:")[1]
    assert before.index("🟢 1 SOL → 1 WIF") < before.index("🟢 2 SOL → 2 WIF")
    assert "slot 1" in before, "with its exact figures"


def test_what_was_reverted_says_so() -> None:
    text = living_text([replace(event(1), reverted=True), event(2)])
    assert "❌ reverted: 🟢 1 SOL" in text


def test_of_very_many_events_the_older_ones_are_counted() -> None:
    text = living_text([event(number) for number in range(1, 61)], older=40)
    assert units(text) <= WHOLE
    assert f"{99 - MAX_LISTED} earlier; /why as a reply lists them" in text


def test_no_event_makes_the_message_too_long() -> None:
    long = [replace(event(number), symbols={"mint": "W" * 16}) for number in range(10**14, 10**14 + 60)]
    assert units(living_text(long)) <= WHOLE
