"""Which events belong to the one message of a position, and which one ends it."""

from dataclasses import replace
from decimal import Decimal

import pytest
from msgspec import structs

from domain.activity.activity import SOL, Activity, Kind, Leg, TradePrice
from domain.delivery.deliveries import DeliveryKind
from domain.delivery.living import OpenPositions, PositionEvent, living_id_of, position_event
from domain.rules.rules import ChatSettings
from tests.domain.delivery.deliveries import activity, delivery
from tests.domain.rules.samples import WATCH


def traded(kind: Kind, *, before: int | None = None, after: int | None = None) -> Activity:
    legs = (Leg(mint="mint", raw=5, decimals=0),)
    paid, received = (legs, ()) if kind is Kind.SELL else ((), legs)
    return structs.replace(
        activity(), kind=kind, paid=paid, received=received, token_before=before, token_after=after
    )


def test_purchases_and_sales_of_a_token_belong_to_its_position() -> None:
    assert position_event(traded(Kind.BUY)) == PositionEvent(mint="mint")
    assert position_event(traded(Kind.BUY, before=0)) == PositionEvent(mint="mint", is_entry=True)
    assert position_event(traded(Kind.SELL, before=5, after=4)) == PositionEvent(mint="mint")
    assert position_event(traded(Kind.SELL, before=5, after=0)) == PositionEvent(mint="mint", is_exit=True)


@pytest.mark.parametrize("kind", [Kind.SWAP, Kind.TRANSFER_IN, Kind.BURN])
def test_what_is_no_purchase_and_no_sale_is_sent_by_itself(kind: Kind) -> None:
    assert position_event(traded(kind)) is None


@pytest.mark.parametrize(("before", "after"), [(0, 0), (None, None), (5, None)])
def test_a_sale_of_which_is_not_known_what_it_left_is_sent_by_itself(
    before: int | None, after: int | None
) -> None:
    assert position_event(traded(Kind.SELL, before=before, after=after)) is None


def test_a_swap_ends_the_position_of_what_it_gave_where_nothing_of_it_is_left() -> None:
    out = structs.replace(traded(Kind.SWAP, before=0, after=5), paid=(Leg(mint="old", raw=9, decimals=0),))
    assert position_event(out, full_exit=True) == PositionEvent(mint="old", is_exit=True)
    assert position_event(out, full_exit=False) is None
    assert position_event(out) is None, "not known"
    all_of_it, part = structs.replace(out, given_before=9), structs.replace(out, given_before=1_000)
    assert position_event(all_of_it) == PositionEvent(mint="old", is_exit=True)
    assert position_event(part, full_exit=True) is None, "bought before it was followed"
    for_sol = structs.replace(out, paid=(Leg(mint=SOL, raw=9, decimals=9),))
    assert position_event(for_sol, full_exit=True) is None


def test_a_sale_by_an_order_that_leaves_nothing_ends_the_position() -> None:
    assert position_event(traded(Kind.SELL), full_exit=True) == PositionEvent(mint="mint", is_exit=True)


def test_a_transfer_of_all_ends_the_position_and_one_of_some_does_not_touch_it() -> None:
    legs = (Leg(mint="mint", raw=5, decimals=0),)
    away = structs.replace(traded(Kind.TRANSFER_OUT, before=5, after=0), paid=legs, received=())
    assert position_event(away, full_exit=True) == PositionEvent(mint="mint", is_exit=True)
    for seen in (False, None):
        assert position_event(away, full_exit=seen) is None, "another account may have more"
    assert position_event(structs.replace(away, token_after=4), full_exit=True) is None
    assert position_event(structs.replace(away, kind=Kind.TRANSFER_IN), full_exit=True) is None


def test_sol_is_no_position() -> None:
    price = TradePrice(token=SOL, quote="usdc", quote_decimals=6, fill=activity_price())
    assert position_event(structs.replace(traded(Kind.BUY), price=price)) is None


def activity_price() -> Decimal:
    return Decimal(150)


def test_a_position_that_a_message_tells_takes_what_follows_until_it_ends() -> None:
    positions, living = OpenPositions(set()), replace(WATCH, settings=ChatSettings(living=True))
    events = [
        traded(Kind.BUY, before=0),
        traded(Kind.BUY, before=5),
        traded(Kind.SELL, before=5, after=4),
        traded(Kind.SELL, before=4, after=0),
        traded(Kind.BUY, before=1),
        traded(Kind.BUY, before=0),
    ]
    edits = [positions.is_edit(event, living, 1) for event in events]
    assert edits == [False, True, True, False, False, False]
    assert positions.is_edit(events[1], living, 1)
    assert not positions.is_edit(events[1], living, 2)
    assert not positions.is_edit(events[1], WATCH, 1), "who reads of each event by itself"


def test_the_position_of_a_delivery() -> None:
    assert living_id_of(delivery(DeliveryKind.LIVING_EDIT)) == 6
    assert living_id_of(delivery(DeliveryKind.LIVING_REFRESH)) == 6
    assert living_id_of(delivery()) is None
    assert living_id_of(delivery(DeliveryKind.OUTAGE)) is None
