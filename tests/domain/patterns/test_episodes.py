"""A chat is woken for each new owner once."""

from collections.abc import Sequence

from domain.patterns.episodes import Effect, Episode, NextMessage, next_message
from domain.patterns.found import Pattern
from domain.patterns.owners import Tie, owners_of
from domain.patterns.sightings import Sighting
from domain.patterns.together import parts
from tests.domain.patterns.samples import DAY, NOW, bought

FIRST = (bought("a", 0), bought("b", 1), bought("c", 2))


def heard(*trades: Sighting, before: Episode | None = None, tied: Sequence[Tie] = ()) -> NextMessage:
    return next_message(
        parts(Pattern.CONFLUENCE, trades),
        lambda wallets: owners_of(wallets, set(tied), frozenset()),
        before,
        owners=3,
        seconds=1_800,
    )


def test_enough_owners_wake_a_chat_once() -> None:
    assert heard(*FIRST[:2]).effect is Effect.NOTHING
    assert heard(*FIRST).effect is Effect.PING
    known = Episode(frozenset("abc"), NOW + 120)
    assert heard(*FIRST, before=known).effect is Effect.NOTHING


def test_a_new_owner_wakes_it_again_and_stands_with_all() -> None:
    found = heard(*FIRST, bought("d", 9), before=Episode(frozenset("abc"), NOW + 120))
    assert found.effect is Effect.PING
    assert [owner.wallets for owner in found.owners] == [("a",), ("b",), ("c",), ("d",)]


def test_another_wallet_of_a_known_owner_only_changes_the_message() -> None:
    known = Episode(frozenset("abc"), NOW + 120)
    found = heard(*FIRST, bought("d", 9), before=known, tied=[Tie("c", "d")])
    assert found.effect is Effect.EDIT
    assert [owner.wallets for owner in found.owners] == [("a",), ("b",), ("c", "d")]


def test_another_wallet_joins_when_the_others_are_long_past() -> None:
    known = Episode(frozenset("abc"), NOW + 120)
    found = heard(bought("c", 2), bought("d", 40), before=known, tied=[Tie("c", "d")])
    assert found.effect is Effect.EDIT


def test_the_next_day_begins_anew() -> None:
    known = Episode(frozenset("abc"), NOW - DAY)
    assert heard(*FIRST, before=known).effect is Effect.PING
