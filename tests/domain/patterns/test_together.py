"""Owners who buy together, or leave together."""

from collections.abc import Sequence

from domain.patterns.found import Pattern
from domain.patterns.owners import Tie, owners_of
from domain.patterns.together import grouped, meeting, parts
from tests.domain.patterns.samples import apart, bought, sold


def met(*trades: object, tied: Sequence[Tie] = ()) -> list[tuple[str, ...]]:
    found = parts(Pattern.CONFLUENCE, trades)  # type: ignore[arg-type]

    def owner_of(wallets: Sequence[str]) -> dict[str, tuple[str, str | None]]:
        return owners_of(wallets, set(tied), frozenset())

    together = meeting(found, owner_of, owners=3, seconds=1_800)
    return [owner.wallets for owner in grouped(together, owner_of)]


def test_three_owners_within_the_time_are_a_confluence() -> None:
    assert met(bought("a", 0), bought("b", 10), bought("a", 12), bought("c", 30)) == [("a",), ("b",), ("c",)]
    assert met(bought("a", 0), bought("b", 10), bought("c", 30.1)) == []
    assert met(bought("a", 0), bought("b", 10)) == []


def test_wallets_of_one_owner_count_once() -> None:
    tied = [Tie("f", "a"), Tie("f", "b")]
    three = (bought("a", 0), bought("b", 10), bought("c", 20))
    assert met(*three, tied=tied) == []
    assert met(*three, bought("d", 25), tied=tied) == [("a", "b"), ("c",), ("d",)]


def test_crumbs_do_not_count_and_unknown_worth_does() -> None:
    assert met(bought("a", 0), bought("b", 1), bought("c", 2, usd=1.0)) == []
    assert len(met(bought("a", 0), bought("b", 1), bought("c", 2, usd=None))) == 3


def test_who_has_next_to_nothing_left_leaves() -> None:
    trades = [
        sold("a", 0, 1_000, 400),
        sold("a", 5, 400, 50),
        sold("b", 6, 1_000, 400),
        sold("c", 7, 9, None),
    ]
    found = parts(Pattern.LEAVING, trades)
    assert [(one.wallet, one.usd) for one in found] == [("a", 1_000.0)]
    assert len(meeting(found, apart, owners=1, seconds=60)) == 1


def test_who_sells_by_an_order_out_of_nothing_has_not_left() -> None:
    """What lies in the order was not in its accounts, and a part of it may lie there still."""
    assert parts(Pattern.LEAVING, [sold("a", 1, 0, 0)]) == []


def test_of_times_in_which_as_many_met_the_last_counts() -> None:
    trades = [
        bought(wallet, minute) for wallet, minute in (("a", 0), ("b", 1), ("c", 2), ("a", 29), ("d", 32))
    ]
    found = meeting(parts(Pattern.CONFLUENCE, trades), apart, owners=3, seconds=1_800)
    assert [part.wallet for part in found] == ["c", "a", "d"]


def test_who_bought_and_has_left_since_did_not_buy_together_with_anybody() -> None:
    gone, part = [sold("a", 5, 1_000, 400), sold("a", 6, 400, 50)], [sold("b", 6, 1_000, 400)]
    three = [bought("a", 0), bought("b", 1)]
    assert met(*three, *gone, bought("c", 9)) == []
    assert met(*three, *gone[:1], *part, bought("c", 9)) == [("a",), ("b",), ("c",)]
    assert met(*three, *gone, bought("c", 9), bought("a", 10)) == [("b",), ("c",), ("a",)]
    assert met(*three, sold("a", 5, 1_000, None), bought("c", 9)) == [("a",), ("b",), ("c",)]
