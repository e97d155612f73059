"""What was told of a pattern is told again, or taken back, once a transaction in it never happened."""

from msgspec import structs

from domain.patterns.alone import SLICES, Moving, Sleep, slices
from domain.patterns.found import Owner, Pattern, PatternFound
from domain.patterns.replay import awakening_found, move_found, slices_found, together_found
from domain.patterns.reverts import left_alone, owners_left, with_owners
from domain.patterns.sightings import PastOfAddress, Sighting
from tests.domain.patterns.samples import DAY, bought, sent, sold

MINUTES = 30 * 60.0
FOUR = [bought("a", 0), bought("b", 1), bought("c", 2), bought("d", 3)]


def announced(*owners: Owner, pattern: Pattern = Pattern.CONFLUENCE) -> PatternFound:
    return together_found("solana", pattern, FOUR[3], owners)


def owner(*wallets: str, funder: str | None = None) -> Owner:
    at = min(one.at for one in FOUR if one.wallet in wallets)
    return Owner(wallets=wallets, funder=funder, usd=500.0 * len(wallets), at=at)


ALL = announced(*(owner(name) for name in "abcd"))


def left(event: PatternFound, trades: list[Sighting], owners: int = 3) -> list[tuple[str, ...]]:
    return [one.wallets for one in owners_left(event, trades, owners=owners, seconds=MINUTES)]


def test_while_enough_owners_are_left_it_is_about_them() -> None:
    assert left(ALL, [FOUR[0], *FOUR[2:]]) == [("a",), ("c",), ("d",)]
    assert left(ALL, FOUR) == [("a",), ("b",), ("c",), ("d",)]


def test_who_sells_later_did_meet_and_who_had_sold_before_counts_by_the_next_purchase() -> None:
    assert left(ALL, [*FOUR, sold("a", 4, 1_000, 0)]) == [("a",), ("b",), ("c",), ("d",)]
    again = [FOUR[0], FOUR[1], sold("a", 1.5, 1_000, 0), FOUR[2], bought("a", 2.5), FOUR[3]]
    (_, _, third, _) = owners_left(ALL, again, owners=3, seconds=MINUTES)
    assert (third.wallets, third.usd, third.at) == (("a",), 500.0, again[4].at)


def test_with_too_few_left_it_never_was() -> None:
    assert left(ALL, FOUR[2:]) == []
    assert left(ALL, FOUR[2:], owners=2) == [("c",), ("d",)]


def test_who_bought_after_all_some_blocks_later_stays() -> None:
    assert left(ALL, [*FOUR[:3], bought("d", 4)]) == [("a",), ("b",), ("c",), ("d",)]
    assert left(ALL, [*FOUR[:3], bought("d", 40)]) == [("a",), ("b",), ("c",)]


def test_an_owner_of_several_wallets_stays_with_those_that_are_left() -> None:
    event = announced(owner("a", "b", funder="f"), owner("c"), owner("d"))
    (first, *_) = owners_left(event, FOUR[1:], owners=3, seconds=MINUTES)
    assert (first.wallets, first.funder, first.usd) == (("b",), None, 500.0)
    assert with_owners(event, (first,)).first_at == FOUR[1].at


def test_who_did_not_sell_the_last_of_it_has_not_left() -> None:
    sales = [sold("a", 0, 100, 50), sold("b", 1, 100, 0), sold("c", 2, 100, 0), sold("d", 3, 100, 0)]
    assert left(structs.replace(ALL, pattern=Pattern.LEAVING), sales) == [("b",), ("c",), ("d",)]


def test_slices_of_which_too_few_are_left_never_were() -> None:
    trades = [bought("a", minute) for minute in range(SLICES + 1)]
    found = slices(trades)
    assert found is not None
    event = slices_found("solana", trades[-1], found.trades, found.usd, found.largest)
    assert left_alone(event, trades) == event
    fewer = left_alone(event, trades[1:])
    assert fewer is not None
    assert (fewer.times, fewer.usd, fewer.first_at) == (SLICES, 500.0 * SLICES, trades[1].at)
    assert left_alone(event, trades[2:]) is None
    assert left_alone(event, []) is None


def test_a_sleeper_that_did_nothing_sleeps_on() -> None:
    event = awakening_found("solana", FOUR[0], Sleep(40 * DAY))
    assert left_alone(event, [FOUR[0]]) == event
    assert left_alone(event, []) is None


def test_a_move_of_which_too_little_went_was_none() -> None:
    went = [sent("a", "new", 0, 4_000), sent("a", "new", 1, 4_500), sent("a", "new", 2, 500)]
    event = move_found("solana", Moving("new", tuple(went), 9_000, 0.9, 0.0), PastOfAddress(None))
    assert left_alone(event, went) == event
    less = left_alone(event, went[:2])
    assert less is not None
    assert (less.times, less.usd, less.share) == (2, 8_500, 0.85)
    assert left_alone(event, went[1:]) is None
    assert left_alone(event, []) is None
