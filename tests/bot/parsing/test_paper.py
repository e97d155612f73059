"""What people write behind /paper."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from bot.parsing.paper import DELAY_SECONDS, FEE_BPS, leading_wallets, parse_plan
from domain.errors import BadInput
from domain.paper.plan import Plan
from tests.storage.sample_data import WHALE, watch_for

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
AT = int(NOW.timestamp())
HOUR, DAY = 3_600, 86_400


def parsed(words: str) -> Plan:
    return parse_plan({"w"}, words, now=NOW, zone=ZoneInfo("Asia/Tokyo"))


def test_the_size_is_enough() -> None:
    plan = parsed("0,5 SOL")
    assert (plan.size_sol, plan.delay_s, plan.fee_bps) == (Decimal("0.5"), DELAY_SECONDS, FEE_BPS)
    assert (plan.wallets, plan.since, plan.until, plan.stop_pct) == (frozenset({"w"}), AT, None, None)


def test_options_come_in_any_order() -> None:
    plan = parsed("1 stop 20% profit 50 delay 10s, open 5 for 3d fee 0.3% past 7d")
    assert (plan.take_profit_pct, plan.stop_pct, plan.delay_s, plan.max_open, plan.fee_bps) == (
        Decimal(50),
        Decimal(20),
        10,
        5,
        30,
    )
    assert (plan.since, plan.until) == (AT - 7 * DAY, AT - 4 * DAY)


@pytest.mark.parametrize(
    ("words", "since", "until"),
    [
        ("1 in 2h", AT + 2 * HOUR, None),
        ("1 for 90m", AT, AT + 90 * 60),
        ("1 from 2026-11-30 21:00", AT + DAY, None),
        ("1 from 2026-11-30 until 2026-12-01", AT + 3 * HOUR, AT + 3 * HOUR + DAY),
        ("1 until 2026-11-30 21:00", AT, AT + DAY),
    ],
)
def test_it_says_when_and_dates_are_those_of_the_chats_zone(
    words: str, since: int, until: int | None
) -> None:
    assert (parsed(words).since, parsed(words).until) == (since, until)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "much",
        "0",
        "1 stop 101%",
        "1 open 0",
        "1 and more",
        "9999999",
        "1 delay 9999",
        "1 fee 500%",
        "1 delay 2%",
        "1 profit 50s",
        "1 open 5%",
        "1 past 7d in 2h",
        "1 for 1d until 2026-12-01",
        "1 from 2026-13-01",
        "1 from 2026-11-30 25:00",
        "1 until 2026-11-01",
    ],
)
def test_anything_else_says_how_to_write_it(words: str) -> None:
    with pytest.raises(BadInput, match="/paper Ahab"):
        parsed(words)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("1 delay 1.9s", "delay takes a whole number"),
        ("1 open 2,7", "open takes a whole number"),
        ("1 past 7d past 1d", "past is said twice"),
        ("1 stop 5% Stop 50%", "stop is said twice"),
        ("1 until 2026-12-01 until 2026-12-02", "until is said twice"),
    ],
)
def test_a_part_of_a_second_and_what_is_said_twice_are_refused_by_name(words: str, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        parsed(words)


def test_a_whole_number_may_be_written_with_decimals() -> None:
    assert (parsed("1 delay 2.0s open 3.0").delay_s, parsed("1 open 3.0").max_open) == (2, 3)


def test_a_time_that_is_none_is_named() -> None:
    with pytest.raises(BadInput, match="not a time"):
        parsed("1 in 5 parsecs")


def test_wallets_are_named_with_commas_between_them() -> None:
    ahab, bela = watch_for(1, label="Ahab"), watch_for(1, wallet=WHALE[::-1], label="Bela B")
    assert leading_wallets([ahab, bela], "Ahab, Bela B 0,5 stop 2%") == ([ahab, bela], "0,5 stop 2%")
    assert leading_wallets([ahab, bela], f"{WHALE} 1") == ([ahab], "1")
    assert leading_wallets([ahab, bela], "Cora 1")[0] == []
