"""The bodies of Standard Webhooks."""

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest
from msgspec import structs

from domain.activity.activity import Leg
from domain.alerts.late_facts import LateFacts
from domain.delivery.deliveries import (
    ClaimedDelivery,
    DeliveryKind,
)
from domain.delivery.outages import OutageSummary
from domain.webhooks import WebhookTrial
from messaging.webhook.payloads import MAX_BYTES, body_of
from tests.messaging.webhook.samples import ALERT, AT, GRADE, push
from tests.storage.sample_data import MINT, WHALE, purchase


def read(delivery: ClaimedDelivery) -> dict[str, object]:
    body = body_of(delivery, {MINT: "BONK"})
    assert len(body) < MAX_BYTES
    found: dict[str, object] = msgspec.json.decode(body)
    return found


def test_an_alert_is_pushed_with_all_that_is_known_and_nothing_else() -> None:
    assert read(push()) == {
        "type": "alert.created",
        "timestamp": "2026-11-29T10:00:00Z",
        "data": {
            "alert_id": "7",
            "kind": "buy",
            "chain": "sandbox",
            "wallet": WHALE,
            "label": "Moby",
            "signature": "signature-0",
            "slot": 100,
            "block_time": "2026-11-29T10:00:00Z",
            "activity": {
                "kind": "buy",
                "paid": [{"mint": "SOL", "raw": "84200000000", "decimals": 9, "symbol": "SOL"}],
                "received": [{"mint": MINT, "raw": "3841012345", "decimals": 5, "symbol": "BONK"}],
                "venue": "Raydium",
                "route": ["Jupiter"],
                "fee": "5000",
            },
            "usd": "12345.678",
            "market_cap_usd": "1000000000",
            "liquidity_usd": "500000",
            "grade": None,
            "position": None,
            "provisional": False,
        },
    }


def test_what_became_known_stands_in_every_try_after_it() -> None:
    graded = replace(
        ALERT,
        late=LateFacts(grade=GRADE),
        provisional=True,
    )
    for kind, name in (
        (DeliveryKind.PUSH, "alert.created"),
        (DeliveryKind.PUSH_CORRECTION, "alert.corrected"),
        (DeliveryKind.PUSH_REVERSAL, "alert.reverted"),
    ):
        found = msgspec.json.decode(body_of(push(graded, kind), {}))
        assert (found["type"], found["data"]["grade"], found["data"]["provisional"]) == (name, "B", True)


@pytest.mark.parametrize("kind", [DeliveryKind.PUSH_CORRECTION, DeliveryKind.PUSH_REVERSAL])
def test_what_became_of_an_alert_bears_the_time_at_which_it_became_so(kind: DeliveryKind) -> None:
    later = AT + timedelta(seconds=40)
    assert read(replace(push(), kind=kind, created_at=later))["timestamp"] == "2026-11-29T10:00:40Z"
    assert read(replace(push(), created_at=later))["timestamp"] == "2026-11-29T10:00:00Z"


def test_an_outage_and_a_test_have_bodies_of_their_own() -> None:
    outage = OutageSummary(outage_id=5, began_at=AT, ended_at=AT, gaps=1, blocks=70, unread=2, events=3)
    delivery = ClaimedDelivery(delivery_id=1, kind=DeliveryKind.PUSH_OUTAGE, chat_id=3, content=outage)
    found = msgspec.json.decode(body_of(delivery, {}))
    assert found["type"] == "outage.closed"
    assert found["data"] == {
        "outage_id": "5",
        "began_at": "2026-11-29T10:00:00Z",
        "ended_at": "2026-11-29T10:00:00Z",
        "gaps": 1,
        "blocks": 70,
        "unread": 2,
        "alerts": 3,
    }
    tried = replace(delivery, kind=DeliveryKind.PUSH_TEST, content=WebhookTrial(asked_at=AT))
    assert msgspec.json.decode(body_of(tried, {})) == {
        "type": "webhook.test",
        "timestamp": "2026-11-29T10:00:00Z",
        "data": {"message": "This webhook works."},
    }


def test_however_much_an_alert_holds_it_stays_below_20_kilobytes_and_says_so() -> None:
    legs = tuple(Leg(mint=MINT, raw=10**30, decimals=9) for _ in range(400))
    long = structs.replace(purchase(), paid=legs, received=legs, route=("Jupiter",) * 900)
    found = read(push(replace(ALERT, event=long)))
    data = found["data"]
    assert isinstance(data, dict)
    assert data["truncated"] is True
    assert len(data["activity"]["paid"]) == 20
