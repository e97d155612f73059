"""Every event of a position, as /why lists them."""

from dataclasses import replace
from datetime import timedelta

from domain.delivery.deliveries import DeliveryState
from domain.delivery.facts import AlertHistory, DecidedDelivery
from domain.rules.gates import Gate
from domain.rules.lanes import Lane
from messaging.telegram.texts.living_history import MAX_EVENTS, pages_of, position_text
from tests.domain.delivery.deliveries import NOW, activity


def history(state: DeliveryState = DeliveryState.SENT, *, reverted: bool = False) -> AlertHistory:
    delivery = DecidedDelivery(
        state=state,
        gate=Gate.WANTED,
        lane=Lane.NORMAL,
        due_at=NOW,
        attempts=0,
        ambiguous_sends=0,
        error=None,
        finished_at=NOW + timedelta(seconds=3) if state is DeliveryState.SENT else None,
        digest_state=None,
        digest_at=None,
    )
    return AlertHistory(
        event=activity(),
        happened_at=NOW,
        decided=True,
        watch_id=1,
        label="Ahab",
        followed_at=NOW,
        delivery=delivery,
        reverted=reverted,
    )


def test_each_event_stands_in_a_line_with_what_became_of_it() -> None:
    events = [history(), history(DeliveryState.PENDING), history(reverted=True)]
    first, *lines = position_text(events, {}, NOW).splitlines()
    assert first == "<b>3 events in this message</b>"
    assert "delivered" in lines[0]
    assert lines[1].endswith("not delivered yet")
    assert lines[2].endswith("reverted")


def test_each_event_stands_on_one_page_and_the_newest_come_first() -> None:
    events = [replace(history(), happened_at=NOW + timedelta(minutes=at)) for at in range(45)]
    assert pages_of(events) == 3
    pages = [position_text(events, {}, NOW, page=page).splitlines() for page in range(3)]
    assert [page[:2] for page in pages] == [
        ["<b>45 events in this message</b>", numbers] for numbers in ("26–45", "6–25", "1–5")
    ]
    one_by_one = position_text(events[:MAX_EVENTS], {}, NOW).splitlines()[1:]
    assert [*pages[2][2:], *pages[1][2:17]] == one_by_one
    assert len({line for page in pages for line in page[2:]}) == 45


def test_what_was_never_decided_is_not_delivered() -> None:
    assert "not delivered yet" in position_text([replace(history(), delivery=None)], {}, NOW)
