"""The rows of a step of the fan-out: lane, time and state follow from the decision."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from domain.activity.activity import Kind
from domain.delivery.deliveries import DeliveryState
from domain.delivery.living import OpenPositions
from domain.rules.decisions import Decision
from domain.rules.gates import Gate, read_reasons
from domain.rules.lanes import Lane
from domain.rules.noise import NoiseDay
from domain.rules.rules import ChatSettings, Watch
from storage.delivery.new_deliveries import DecidedAlert, NewDelivery, SentNow, new_deliveries
from storage.delivery.open_alerts import Alert, OpenAlert
from tests.storage.sample_data import ALICE, BOB, MINT, purchase, watch_for

NOW = datetime(2026, 1, 1, tzinfo=UTC)
BURST_ENDS = NOW + timedelta(seconds=20)
LATER = NOW + timedelta(hours=3)


def decided(*chats: int, kind: Kind = Kind.BUY, coalesce_until: datetime | None = None) -> DecidedAlert:
    alert = Alert(alert_id=7, event=purchase(kind=kind), created_at=NOW, now=NOW, happened_at=NOW)
    opened = OpenAlert(
        alert=alert,
        wallet_id=1,
        last_watch_id=0,
        watches_decided=0,
        coalesce_until=coalesce_until,
        max_watches=250,
    )
    watches = [replace(watch_for(chat), watch_id=number) for number, chat in enumerate(chats, 1)]
    return DecidedAlert(opened=opened, alert=alert, watches=watches, owning_chats=frozenset())


def rows(one: DecidedAlert, decision: Decision) -> list[NewDelivery]:
    return new_deliveries(one, lambda _watch, _alert: decision, SentNow(), OpenPositions(set()))


WANTED = Decision(gate=Gate.WANTED)


def test_a_yes_is_pending_and_due_at_once() -> None:
    (row,) = rows(decided(ALICE), WANTED)
    assert (row.shared.state, row.shared.gate) == (DeliveryState.PENDING.value, Gate.WANTED.value)
    assert row.is_sent
    assert (row.shared.lane, row.shared.coalescing, row.shared.due_at) == (Lane.NORMAL.value, False, NOW)


def test_a_no_is_a_row_too() -> None:
    (row,) = rows(decided(ALICE), Decision(gate=Gate.MUTED))
    assert (row.shared.state, row.shared.gate) == (DeliveryState.SUPPRESSED.value, Gate.MUTED.value)
    assert not row.is_sent


def test_in_a_burst_a_delivery_waits_for_the_others_but_not_an_urgent_one() -> None:
    (waits,) = rows(decided(ALICE, coalesce_until=BURST_ENDS), WANTED)
    assert (waits.shared.coalescing, waits.shared.due_at) == (True, BURST_ENDS)
    (urgent,) = rows(decided(ALICE, kind=Kind.SELL, coalesce_until=BURST_ENDS), WANTED)
    assert (urgent.shared.lane, urgent.shared.coalescing, urgent.shared.due_at) == (
        Lane.URGENT.value,
        False,
        NOW,
    )


def test_a_deferred_delivery_is_due_when_the_gate_says_so() -> None:
    decision = Decision(gate=Gate.QUIET, due_at=LATER)
    (row,) = rows(decided(ALICE, coalesce_until=BURST_ENDS), decision)
    assert (row.shared.state, row.shared.coalescing, row.shared.due_at) == (
        DeliveryState.DEFERRED.value,
        False,
        LATER,
    )


def test_a_token_that_the_chat_owns_is_urgent_for_that_chat() -> None:
    one = replace(decided(ALICE, BOB), owning_chats=frozenset({BOB}))
    assert [row.shared.lane for row in rows(one, WANTED)] == [Lane.NORMAL.value, Lane.URGENT.value]


def test_later_watches_come_later_in_the_fair_queue() -> None:
    first, second = (row.fair_queue_at for row in rows(decided(ALICE, BOB), WANTED))
    assert first == NOW < second
    assert decided(ALICE, BOB).watch_ids == [1, 2]


def test_alerts_of_the_same_transaction_count_towards_the_hourly_limit() -> None:
    counts: list[int] = []

    def note(watch: Watch, _alert: Alert) -> Decision:
        counts.append(watch.alerts_this_hour)
        return WANTED

    one = decided(ALICE, ALICE, ALICE)
    limited = replace(one, watches=[replace(watch, hourly_limit=2) for watch in one.watches])
    new_deliveries(limited, note, SentNow(), OpenPositions(set()))
    assert counts == [0, 0, 2]


def test_the_alert_with_which_most_of_an_hour_is_used_says_so_and_no_other() -> None:
    one = decided(*[ALICE] * 5)
    limited = replace(one, watches=[replace(watch, hourly_limit=5) for watch in one.watches])
    made = new_deliveries(limited, lambda *_: WANTED, SentNow(), OpenPositions(set()))
    assert [read_reasons(row.shared.reasons).nearing_limit for row in made] == [None, None, None, 5, None]


def test_edits_of_a_living_message_do_not_count_towards_it() -> None:
    counts: list[int] = []

    def note(watch: Watch, _alert: Alert) -> Decision:
        counts.append(watch.alerts_this_hour)
        return WANTED

    settings = ChatSettings(living=True, per_hour=1)
    one = decided(ALICE)
    living = replace(one, watches=[replace(watch, settings=settings) for watch in one.watches])
    sent = SentNow()
    positions = OpenPositions({(ALICE, 0, 1, MINT)})
    for _ in range(3):
        new_deliveries(living, note, sent, positions)
    assert (counts, sent.every[ALICE]) == ([0, 0, 0], 0)
    new_deliveries(living, note, sent, OpenPositions(set()))
    assert sent.every[ALICE] == 1


def test_what_stands_outside_a_budget_takes_nothing_of_it_in_the_same_transaction() -> None:
    counts: list[int] = []
    decisions = iter([WANTED, WANTED, Decision(gate=Gate.WANTED, surprise=0.5), WANTED])

    def note(watch: Watch, _alert: Alert) -> Decision:
        assert watch.noise is not None
        counts.append(watch.noise.sent)
        return next(decisions)

    one, day = decided(*[ALICE] * 4), NoiseDay(sent=7, elapsed=0.5, expected=None)
    budgeted = replace(one, watches=[replace(watch, noise=day) for watch in one.watches])
    new_deliveries(budgeted, note, SentNow(), OpenPositions(set()))
    assert counts == [7, 7, 7, 8]
