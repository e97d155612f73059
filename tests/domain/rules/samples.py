"""A watch, activities, and strategies for rules and facts that tests of several folders share."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st
from msgspec import structs

from domain.activity.activity import SOL, Activity, Kind, Leg
from domain.rules.gates import Facts
from domain.rules.rules import ChatSettings, Digest, Quiet, Rules, Watch

TOKEN = "EKpQGSJtjMFqKZ9KQanSqYXRcF8fBopzLHYxdM65zcjm"

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
WATCH = Watch(
    watch_id=1,
    chat_id=2,
    topic_id=0,
    chain="sandbox",
    wallet="w",
    label="",
    created_at=NOW - timedelta(days=1),
)


def activity(kind: Kind, *, lamports: int = 10**9) -> Activity:
    return Activity(
        chain="sandbox",
        signature="s",
        slot=1,
        block_time=None,
        wallet="w",
        kind=kind,
        paid=(),
        received=(Leg(mint=SOL, raw=lamports, decimals=9),),
    )


def legs(mint: str = TOKEN) -> tuple[Leg, ...]:
    return (Leg(mint=mint, raw=1, decimals=0),)


BOUGHT = structs.replace(activity(Kind.BUY), paid=activity(Kind.BUY).received, received=legs())
SOLD = structs.replace(activity(Kind.SELL), paid=legs())
ACTIVITIES = {"bought": BOUGHT, "sold": SOLD, "got": activity(Kind.TRANSFER_IN)}

MINTS = st.frozensets(st.sampled_from(["a", "b", "c"]))
DOLLARS = st.none() | st.decimals(0, 10**9, places=2)
RULES = st.builds(
    Rules,
    min_usd=DOLLARS,
    max_usd=DOLLARS,
    kinds_off=st.none() | st.frozensets(st.sampled_from(Kind)),
    first_buy_only=st.none() | st.booleans(),
    full_exit_only=st.none() | st.booleans(),
    only_tokens=st.none() | MINTS,
    never_tokens=st.none() | MINTS,
)
SETTINGS = st.builds(
    ChatSettings,
    rules=RULES,
    quiet=st.none() | st.builds(Quiet, begin=st.integers(0, 700), end=st.integers(701, 1439)),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kathmandu"]),
    digest=st.sampled_from(Digest),
    per_hour=st.none() | st.integers(0, 3),
    exits_wake=st.booleans(),
)
FACTS = st.builds(
    Facts,
    usd=st.none() | st.decimals(0, 10**6, places=2),
    first_buy=st.none() | st.booleans(),
    full_exit=st.none() | st.booleans(),
)
