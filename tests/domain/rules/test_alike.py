"""Alike watches get the same decision; a watch of which something else counts is like no other."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.activity.activity import Activity
from domain.rules.alike import alike_key
from domain.rules.decisions import decide
from domain.rules.gates import Facts
from domain.rules.rules import ChatSettings, Rules, Watch
from tests.domain.rules.samples import ACTIVITIES, FACTS, NOW, RULES, SETTINGS, WATCH

WATCHES = st.builds(
    replace,
    st.just(WATCH),
    watch_id=st.integers(1, 9),
    chat_id=st.integers(1, 9),
    topic_id=st.integers(0, 2),
    created_at=st.sampled_from([NOW - timedelta(days=1), NOW + timedelta(seconds=1)]),
    since_slot=st.sampled_from([None, 0, 1, 2]),
    muted_until=st.sampled_from([None, NOW + timedelta(hours=1)]),
    over_limit=st.booleans(),
    is_banned=st.booleans(),
    chat_closed=st.booleans(),
    is_holder=st.booleans(),
    alerts_this_hour=st.integers(0, 4),
    hourly_limit=st.sampled_from([None, 2]),
)


@given(
    watch=WATCHES,
    rules=RULES,
    settings=SETTINGS,
    activity=st.sampled_from([*ACTIVITIES.values()]),
    facts=FACTS,
)
def test_of_alike_watches_one_decision_counts_for_all(
    watch: Watch, rules: Rules, settings: ChatSettings, activity: Activity, facts: Facts
) -> None:
    one = replace(watch, rules=rules, settings=settings)
    other = replace(WATCH, rules=rules, settings=settings, alerts_this_hour=0)
    keys = [alike_key(each, activity, seen_at=NOW) for each in (one, other)]
    if keys[0] == keys[1] is not None:
        decisions = [decide(each, activity, seen_at=NOW, now=NOW, facts=facts) for each in (one, other)]
        assert decisions[0] == decisions[1]


@pytest.mark.parametrize(
    "special",
    [
        replace(WATCH, muted_until=NOW),
        replace(WATCH, over_limit=True),
        replace(WATCH, is_banned=True),
        replace(WATCH, chat_closed=True),
        replace(WATCH, is_holder=True),
        replace(WATCH, created_at=NOW + timedelta(seconds=1)),
        replace(WATCH, since_slot=1),
        replace(WATCH, hourly_limit=2, alerts_this_hour=2),
        replace(WATCH, settings=ChatSettings(per_hour=1), alerts_this_hour=1),
    ],
)
def test_a_watch_whose_own_time_chat_or_limit_may_count_is_like_no_other(special: Watch) -> None:
    assert alike_key(special, ACTIVITIES["bought"], seen_at=NOW) is None
    assert alike_key(WATCH, ACTIVITIES["bought"], seen_at=NOW) is not None


def test_other_rules_settings_or_tags_make_another_key() -> None:
    others = [
        replace(WATCH, rules=Rules(first_buy_only=True)),
        replace(WATCH, settings=ChatSettings(exits_wake=True)),
        replace(WATCH, tags=("fast",)),
    ]
    keys = {alike_key(each, ACTIVITIES["bought"], seen_at=NOW) for each in (WATCH, *others)}
    assert len(keys) == 4
