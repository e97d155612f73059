"""Which deliveries go into one message."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from domain.delivery.deliveries import ClaimedDelivery, Correction, DeliveryKind, LivingMessage
from messaging.sending.groups import MAX_DELIVERIES, next_alone, next_group
from tests.domain.delivery.deliveries import alert, delivery


def claimed(
    number: int, wallet: str = "w", topic: int = 0, ambiguous_sends: int = 0, *, send_alone: bool = False
) -> ClaimedDelivery:
    return replace(
        delivery(delivery_id=number),
        content=alert(wallet=wallet),
        topic_id=topic,
        ambiguous_sends=ambiguous_sends,
        send_alone=send_alone,
    )


def correction(number: int, message_id: int | None) -> ClaimedDelivery:
    content = Correction(delivery_id=number, message_id=message_id)
    return replace(delivery(DeliveryKind.CORRECTION, delivery_id=number), content=content)


def ids(group: list[ClaimedDelivery]) -> list[int]:
    return [one.delivery_id for one in group]


def test_one_is_a_message_of_its_own() -> None:
    assert ids(next_group([claimed(1)], is_limited=False)) == [1]


def test_a_burst_of_one_wallet_goes_together() -> None:
    waiting = [claimed(1), claimed(2, "other"), claimed(3)]
    assert ids(next_group(waiting, is_limited=False)) == [1, 3]


def test_under_pressure_all_that_waits_goes_together() -> None:
    waiting = [claimed(1), claimed(2, "other"), claimed(3, "third")]
    assert ids(next_group(waiting, is_limited=True)) == [1, 2, 3]


def test_more_than_a_chat_takes_at_once_goes_together() -> None:
    waiting = [claimed(number, f"wallet {number}") for number in range(1, 5)]
    assert ids(next_group(waiting, is_limited=False)) == [1, 2, 3, 4]


def test_topics_and_repeats_are_kept_apart() -> None:
    waiting = [claimed(1), claimed(2, topic=7), claimed(3, ambiguous_sends=1), claimed(4)]
    assert ids(next_group(waiting, is_limited=True)) == [1, 4]


def test_what_was_refused_among_others_goes_alone() -> None:
    waiting = [claimed(1, send_alone=True), claimed(2), claimed(3, send_alone=True), claimed(4)]
    assert ids(next_group(waiting, is_limited=True)) == [1]
    assert ids(next_group(waiting[1:], is_limited=True)) == [2, 4]


_WAITING = st.builds(
    replace,
    st.builds(claimed, st.integers(1, 5), st.sampled_from("abc"), st.sampled_from([0, 7]), st.integers(0, 1)),
    send_alone=st.booleans(),
)


@given(st.lists(_WAITING, min_size=1, max_size=80), st.booleans())
def test_group_by_group_each_goes_once(waiting: list[ClaimedDelivery], is_limited: bool) -> None:  # noqa: FBT001 - drawn
    left = [replace(one, delivery_id=number) for number, one in enumerate(waiting)]
    sent: list[int] = []
    while left:
        group = next_group(left, is_limited=is_limited)
        assert 1 <= len(group) <= MAX_DELIVERIES
        assert group[0] is left[0]
        sent += ids(group)
        left = [one for one in left if one not in group]
    assert sorted(sent) == list(range(len(waiting)))


def test_a_digest_goes_alone_whoever_made_it() -> None:
    digest = delivery(DeliveryKind.DIGEST, delivery_id=2)
    assert next_group([digest, claimed(3)], is_limited=True) == [digest]
    assert next_group([claimed(1), digest, claimed(3)], is_limited=True) == [claimed(1), claimed(3)]


def test_corrections_of_one_message_are_one_edit_and_others_wait() -> None:
    waiting = [correction(1, 7), correction(2, 8), correction(3, 7), claimed(4)]
    assert ids(next_group(waiting, is_limited=False)) == [1, 3]
    assert ids(next_group(waiting[1:], is_limited=True)) == [2]


def of_position(number: int, kind: DeliveryKind, living_id: int = 6) -> ClaimedDelivery:
    living = LivingMessage(living_id=living_id, message_id=7)
    is_refresh = kind is DeliveryKind.LIVING_REFRESH
    content = living if is_refresh else replace(alert(), living=living)
    return replace(delivery(kind, delivery_id=number), content=content)


def test_all_edits_of_one_position_are_one() -> None:
    waiting = [
        of_position(1, DeliveryKind.LIVING_EDIT),
        of_position(2, DeliveryKind.LIVING_EDIT, living_id=9),
        replace(of_position(3, DeliveryKind.LIVING_REFRESH), ambiguous_sends=2),
        claimed(4),
    ]
    for group in (next_group(waiting, is_limited=True), next_alone(waiting)):
        assert [(one.delivery_id, one.kind) for one in group] == [
            (1, DeliveryKind.LIVING_EDIT),
            (3, DeliveryKind.LIVING_REFRESH),
        ]


def test_what_would_edit_a_message_that_only_begins_is_a_part_of_its_beginning() -> None:
    waiting = [
        of_position(1, DeliveryKind.LIVING),
        of_position(2, DeliveryKind.LIVING_EDIT),
        of_position(3, DeliveryKind.LIVING_REFRESH),
    ]
    group = next_group(waiting, is_limited=False)
    assert [(one.delivery_id, one.kind) for one in group] == [
        (1, DeliveryKind.LIVING),
        (2, DeliveryKind.LIVING),
    ]


def test_without_groups_each_other_delivery_goes_alone() -> None:
    assert ids(next_alone([claimed(1), claimed(2)])) == [1]


def test_every_other_kind_is_a_message_of_its_own() -> None:
    of_positions = {DeliveryKind.LIVING, DeliveryKind.LIVING_EDIT, DeliveryKind.LIVING_REFRESH}
    for kind in set(DeliveryKind) - {DeliveryKind.ALERT, DeliveryKind.CORRECTION} - of_positions:
        waiting = [delivery(kind, delivery_id=number) for number in range(5)]
        assert ids(next_group(waiting, is_limited=True)) == [0]
