"""What arrives at the canary's chat is judged, and all else goes to Telegram."""

from datetime import UTC, datetime

import pytest
from msgspec import structs

from domain.activity.activity import Activity
from domain.canary import CANARY_CHAT, canary
from domain.delivery.results import SendStatus
from messaging.telegram.canary import CanaryMessage, is_right, judge
from messaging.telegram.texts.alert import texts_of
from messaging.telegram.texts.alert_kind import AlertFacts
from runtime.observability.metrics import REGISTRY

AT = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)
EVENT = canary(123, chain="solana", slot=5, block_time=100)


def text_of(event: Activity, label: str = "Canary") -> str:
    facts = AlertFacts(event=event, label=label, symbols={}, happened_at=AT, age=1.0)
    return texts_of(event).headline(facts)


def counted(outcome: str) -> float:
    return REGISTRY.get_sample_value("whale_watcher_canary_messages_total", {"outcome": outcome}) or 0.0


@pytest.mark.parametrize(("seconds", "outcome"), [(2.0, "right"), (90.0, "late")])
def test_a_right_one_is_accepted_and_its_delay_counts(seconds: float, outcome: str) -> None:
    before = counted(outcome)
    message = CanaryMessage(text=text_of(EVENT), activity=EVENT, happened_at=AT)
    assert judge(message, now=AT.timestamp() + seconds).status is SendStatus.ACCEPTED
    assert counted(outcome) == before + 1


@pytest.mark.parametrize(
    ("text", "event"),
    [
        (text_of(structs.replace(EVENT, paid=(structs.replace(EVENT.paid[0], raw=10**9),))), EVENT),
        (text_of(EVENT, label="Somebody"), EVENT),
        ("", EVENT),
        (text_of(EVENT), structs.replace(EVENT, wallet="somebody")),
    ],
)
def test_a_wrong_amount_name_or_event_is_a_fault(text: str, event: Activity) -> None:
    before = counted("wrong")
    result = judge(CanaryMessage(text=text, activity=event, happened_at=AT), now=AT.timestamp())
    assert result.status is SendStatus.UNDELIVERABLE
    assert counted("wrong") == before + 1


def test_what_is_no_alert_is_taken_and_forgotten() -> None:
    taken = judge(CanaryMessage(text="To all", activity=None, happened_at=None), now=0.0)
    assert taken.status is SendStatus.ACCEPTED
    assert CANARY_CHAT < 0


@pytest.mark.parametrize("number", [0, 1, 999, 7_999, 29_897_000])
def test_every_amount_is_known_again_in_its_message(number: int) -> None:
    event = canary(number, chain="solana", slot=5, block_time=100)
    assert is_right(text_of(event), event)
