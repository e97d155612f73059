"""Each gate, alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from domain.activity import SOL, Activity, Kind, Leg
from domain.decisions import DUST_LAMPORTS, Gate, decide
from domain.watches import Watch

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


def gate(watch: Watch, what: Activity, *, seen_at: datetime = NOW) -> Gate:
    return decide(watch, what, seen_at=seen_at, now=NOW).gate


def test_a_trade_is_wanted() -> None:
    assert gate(WATCH, activity(Kind.BUY)) is Gate.WANTED
    assert decide(WATCH, activity(Kind.BUY), seen_at=NOW, now=NOW).wanted


def test_a_closed_chat_hears_nothing() -> None:
    assert gate(replace(WATCH, chat_closed=True), activity(Kind.BUY)) is Gate.CHAT_CLOSED


def test_a_mute_ends_at_its_time() -> None:
    assert gate(replace(WATCH, muted_until=NOW + timedelta(seconds=1)), activity(Kind.BUY)) is Gate.MUTED
    assert gate(replace(WATCH, muted_until=NOW), activity(Kind.BUY)) is Gate.WANTED


def test_what_was_seen_before_the_watch_is_not_told() -> None:
    early = WATCH.created_at - timedelta(seconds=1)
    assert gate(WATCH, activity(Kind.BUY), seen_at=early) is Gate.BEFORE_WATCH


def test_dust_is_not_told_but_a_real_transfer_is() -> None:
    assert gate(WATCH, activity(Kind.TRANSFER_IN, lamports=DUST_LAMPORTS - 1)) is Gate.DUST
    assert gate(WATCH, activity(Kind.TRANSFER_IN, lamports=DUST_LAMPORTS)) is Gate.WANTED


def test_what_no_word_says_is_not_told() -> None:
    assert gate(WATCH, activity(Kind.OTHER)) is Gate.KIND_OFF
