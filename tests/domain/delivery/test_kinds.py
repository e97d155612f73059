"""Each kind of delivery has its rules."""

import pytest

from domain.delivery.kinds import KIND_RULES, MAX_AMBIGUOUS_SENDS, DeliveryKind, max_ambiguous_sends
from domain.rules.lanes import Lane


def test_every_kind_has_rules() -> None:
    assert set(KIND_RULES) == set(DeliveryKind)


def test_a_broadcast_goes_after_everything_else() -> None:
    assert KIND_RULES[DeliveryKind.BROADCAST].lane is max(Lane)


@pytest.mark.parametrize(
    ("kind", "lane", "sends"),
    [
        (DeliveryKind.ALERT, Lane.URGENT, MAX_AMBIGUOUS_SENDS),
        (DeliveryKind.DIGEST, Lane.NORMAL, MAX_AMBIGUOUS_SENDS),
        (DeliveryKind.ALERT, Lane.BULK, 0),
        (DeliveryKind.OUTAGE, Lane.BULK, 0),
        (DeliveryKind.BROADCAST, Lane.BROADCAST, 0),
        (DeliveryKind.CORRECTION_REPLY, Lane.NORMAL, 0),
    ],
)
def test_only_alerts_are_sent_again_and_only_above_the_bulk_lane(
    kind: DeliveryKind, lane: Lane, sends: int
) -> None:
    assert max_ambiguous_sends(kind, lane) == sends


def test_an_edit_may_be_repeated() -> None:
    assert max_ambiguous_sends(DeliveryKind.CORRECTION, Lane.NORMAL) > MAX_AMBIGUOUS_SENDS
