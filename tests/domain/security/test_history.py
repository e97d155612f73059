"""What is new since an earlier scan, in a few words."""

from decimal import Decimal

import msgspec
import pytest

from domain.security.checks import Verdict
from domain.security.facts import EarlierScans
from domain.security.history import differences, remembered, since
from domain.security.mints import Pausable
from domain.security.scan import Figures, Scan
from domain.sentences import sentence
from tests.domain.security.tokens import CLEAN, of_mint, scanned


def news(before: Scan, after: Scan) -> tuple[str, ...]:
    return tuple(map(str, differences(before, after)))


def test_nothing_new_says_nothing() -> None:
    assert differences(scanned(), scanned()) == ()


def test_powers_shares_and_liquidity_are_compared() -> None:
    before = of_mint(freeze_authority="Boss")
    after = scanned()
    old = msgspec.structs.replace(before.figures, top_ten=3_100, dollars=300_000)
    new = msgspec.structs.replace(after.figures, top_ten=4_400, dollars=60_000)
    assert news(
        msgspec.structs.replace(before, figures=old), msgspec.structs.replace(after, figures=new)
    ) == ("grade D → B", "freeze authority given up", "top 10 31 → 44 %", "liquidity $300,000 → $60,000")


def test_a_supply_that_grew_and_stopped_transfers_are_news() -> None:
    before = of_mint(mint_authority="Boss", pausable=Pausable(authority="Boss", paused=False))
    after = of_mint(
        mint_authority="Boss", pausable=Pausable(authority="Boss", paused=True), supply=CLEAN.supply * 2
    )
    assert news(before, after) == (
        "grade D → F",
        "supply grew by 100.0 %",
        "all transfers were stopped",
    )


def test_transfers_do_not_go_on_because_nobody_knows_whether_they_are_stopped() -> None:
    stopped = of_mint(pausable=Pausable(authority="Boss", paused=True))
    unknown = tuple(
        msgspec.structs.replace(check, verdict=Verdict.UNKNOWN, said=sentence("it was not read"))
        if check.name == "pause"
        else check
        for check in stopped.checks
    )
    assert news(stopped, msgspec.structs.replace(stopped, checks=unknown)) == ()
    assert "transfers may go on again" in news(
        stopped, of_mint(pausable=Pausable(authority="Boss", paused=False))
    )


def test_what_is_not_known_on_one_side_is_no_news() -> None:
    bare = msgspec.structs.replace(scanned(), figures=Figures())
    assert differences(bare, scanned()) == ()


def test_the_most_that_there_was_is_remembered_and_the_first_supply() -> None:
    first = remembered(None, Figures(supply=10, dollars=500, creator_raw=7, can_mint=True), now=100)
    second = remembered(first, Figures(supply=20, dollars=900, creator_raw=1, can_mint=False), now=200)
    assert second == EarlierScans(
        dollars=Decimal(900), supply=10, creator_raw=7, had_mint_authority=True, seen_at=100
    )
    assert remembered(second, Figures(), now=300) == second


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (700_000, "Since a week ago"),
        (3_700, "Since an hour ago"),
        (200_000, "Since 2 days ago"),
        (5, "Since a moment ago"),
    ],
)
def test_how_long_ago_is_said_in_words(seconds: float, text: str) -> None:
    assert str(since(seconds)) == text
