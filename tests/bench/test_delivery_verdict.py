"""Each delivery is in a message of its own, counted in one that sums up, or lost; the judge knows."""

from collections.abc import Sequence
from datetime import UTC, datetime

from bench.delivery_testbed import trade
from bench.delivery_verdict import AcceptedMessage, StoredDelivery, judge
from messaging.telegram.escaping import plain
from messaging.telegram.texts.alert_kind import AlertFacts
from messaging.telegram.texts.group import MAX_LISTED, group_text

CHAT = 7
SLOTS = range(1_000, 1_040)


def message(message_id: int, slots: Sequence[int], *, is_repeat: bool = False) -> AcceptedMessage:
    """As the bot words it."""
    events = [
        AlertFacts(
            event=trade(slot, "Ahab"),
            label="Ahab",
            symbols={},
            happened_at=datetime.fromtimestamp(1_700_000_000 + slot, tz=UTC),
            age=5.0,
            possible_repeat=is_repeat,
        )
        for slot in slots
    ]
    return AcceptedMessage(CHAT, message_id, plain(group_text(events)))


def rows(message_id: int | None, slots: Sequence[int], *, ambiguous_sends: int = 0) -> list[StoredDelivery]:
    return [StoredDelivery(CHAT, slot, message_id, ambiguous_sends) for slot in slots]


def test_what_a_message_only_counts_is_not_lost() -> None:
    group = message(1, SLOTS)
    assert len(group.slots) + group.summed == len(SLOTS)
    verdict = judge(rows(1, SLOTS), [group])
    assert (verdict.deliveries, verdict.missing, verdict.doubled) == (40, 0, 0)
    assert verdict.summed == group.summed >= len(SLOTS) - MAX_LISTED


def test_one_that_the_message_neither_lists_nor_counts_is_lost() -> None:
    verdict = judge(rows(1, SLOTS), [message(1, SLOTS[:-1])])
    assert verdict.missing == 1
    assert judge(rows(1, SLOTS), [message(1, SLOTS[3:])]).missing == 3


def test_without_its_message_each_is_lost() -> None:
    assert judge(rows(1, SLOTS), []).missing == len(SLOTS)
    assert judge(rows(None, SLOTS), [message(1, SLOTS)]).missing == message(1, SLOTS).summed
    assert judge(rows(2, SLOTS), [message(2, SLOTS)._replace(chat_id=8)]).missing == len(SLOTS)
    assert judge([], [], undecided=3).missing == 3


def test_what_is_counted_in_another_chats_message_counts_for_nobody_else() -> None:
    others = [one._replace(chat_id=8) for one in rows(1, SLOTS)]
    verdict = judge([*rows(1, SLOTS), *others], [message(1, SLOTS)])
    assert (verdict.deliveries, verdict.missing) == (80, 40)


def test_a_second_copy_that_counts_is_found_and_must_say_so() -> None:
    unconfirmed, marked, unmarked = message(1, SLOTS), message(2, SLOTS, is_repeat=True), message(2, SLOTS)
    sent = rows(2, SLOTS, ambiguous_sends=1)
    verdict = judge(sent, [unconfirmed, marked])
    assert (verdict.missing, verdict.doubled, verdict.unmarked) == (0, len(SLOTS), 0)
    verdict = judge(sent, [unconfirmed, unmarked])
    assert (verdict.missing, verdict.doubled, verdict.unmarked) == (0, len(SLOTS), len(SLOTS))


def test_a_message_whose_answer_was_lost_may_count_what_no_row_names() -> None:
    unconfirmed = message(1, SLOTS)
    assert judge(rows(None, SLOTS, ambiguous_sends=1), [unconfirmed]).missing == 0
    assert judge(rows(None, [*SLOTS, 2_000], ambiguous_sends=1), [unconfirmed]).missing == 1


def test_copies_of_one_event_are_counted_by_its_slot() -> None:
    first, second, third = (message(number, [1_000], is_repeat=number > 1) for number in (1, 2, 3))
    verdict = judge(rows(2, [1_000], ambiguous_sends=1), [first, second])
    assert (verdict.doubled, verdict.unmarked, verdict.third, verdict.unexplained) == (1, 0, 0, 0)
    verdict = judge(rows(2, [1_000]), [first, second, third])
    assert (verdict.doubled, verdict.third, verdict.unexplained) == (2, 1, 2)
