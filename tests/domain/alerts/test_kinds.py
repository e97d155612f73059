"""Each kind of alert has its rules, and its events survive their payload."""

import msgspec
import pytest

from domain.activity.activity import SOL, Activity, Kind, Leg
from domain.alerts.kinds import ALERT_KINDS, AlertKind, kind_of, read_event, rules_of, subject_of
from domain.rules.lanes import Lane

MINT = "DezXAZ8z7PnrnRJjz3wXBoRgixCa6xjnB7YaB1pPB263"
SOLD = Activity(
    chain="sandbox",
    signature="s",
    slot=7,
    block_time=None,
    wallet="whale",
    kind=Kind.SELL,
    paid=(Leg(mint=MINT, raw=5, decimals=0),),
    received=(Leg(mint=SOL, raw=1, decimals=9),),
)


def test_every_kind_has_rules() -> None:
    assert set(ALERT_KINDS) == set(AlertKind)


def test_an_activity_is_known_by_its_type_and_read_from_its_payload() -> None:
    assert kind_of(SOLD) is AlertKind.ACTIVITY
    assert read_event("activity", msgspec.json.encode(SOLD).decode()) == SOLD


def test_what_is_no_event_of_a_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="AlertKind"):
        read_event("weather", "{}")
    with pytest.raises(ValueError, match="missing required field"):
        read_event("activity", "{}")


def test_the_rules_say_whom_an_activity_concerns_and_how_urgent_it_is() -> None:
    rules = rules_of(SOLD)
    assert (subject_of(SOLD), rules.sort(SOLD), rules.order(SOLD)) == ("whale", "sell", 7)
    assert rules.chain(SOLD) == "sandbox"
    assert rules.tokens(SOLD) == {MINT}
    assert [*rules.mints(SOLD)] == [MINT, SOL]
    bought = msgspec.structs.replace(SOLD, kind=Kind.BUY)
    assert [rules.lane(SOLD, is_owned) for is_owned in (False, True)] == [Lane.URGENT, Lane.URGENT]
    assert [rules.lane(bought, is_owned) for is_owned in (False, True)] == [Lane.NORMAL, Lane.URGENT]
