"""A chat is woken for each new owner once."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from domain.patterns.episodes import (
    Effect,
    Episode,
    NextMessage,
    message_of,
    newly_met,
    next_message,
    notified_at,
)
from domain.patterns.found import Pattern
from domain.patterns.owners import Tie, owners_of
from domain.patterns.sightings import Sighting
from domain.patterns.together import parts
from tests.domain.patterns.samples import DAY, NOW, apart, bought, sold

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


def test_who_bought_again_before_leaving_stands_in_the_message_however_far_back_it_reads() -> None:
    """Over the day more is left than a tenth of what the first sale found; in the hour next to nothing is."""
    morning = [sold(wallet, minute - 600, 100, 90) for minute, wallet in enumerate("abc")]
    leaving = [sold(wallet, minute, 5_000, 50) for minute, wallet in enumerate("abc")]
    day, hour = (parts(Pattern.LEAVING, trades) for trades in ([*morning, *leaving], leaving))
    assert day == []
    for before in (Episode(frozenset("xyz"), NOW - 2 * DAY), Episode(frozenset("a"), NOW - 60)):
        met = newly_met(hour, apart, before, owners=3, seconds=1_800)
        message = message_of(day, apart, before, met)
        assert message.effect is Effect.PING
        assert [owner.wallets for owner in message.owners] == [("a",), ("b",), ("c",)]


def test_what_met_before_hides_no_smaller_meeting_of_now() -> None:
    morning = [bought(wallet, minute) for minute, wallet in enumerate("abcd")]
    evening = [bought(wallet, 600 + minute) for minute, wallet in enumerate("efg")]
    known = Episode(frozenset("abcd"), NOW + 180)
    found = next_message(
        parts(Pattern.CONFLUENCE, [*morning, *evening]),
        apart,
        known,
        owners=3,
        seconds=1_800,
        since=NOW + 600 * 60 - 3_600,
    )
    assert found.effect is Effect.PING
    assert [owner.wallets for owner in found.owners] == [(wallet,) for wallet in "abcdefg"]


def test_who_joins_a_smaller_meeting_of_the_hour_is_not_hidden_by_a_larger_one() -> None:
    hour = [bought(wallet, minute) for wallet, minute in zip("abcdef", (0, 1, 2, 21, 25, 50), strict=True)]
    found = heard(*hour, before=Episode(frozenset("abcde"), NOW + 25 * 60))
    assert found.effect is Effect.PING
    assert [owner.wallets for owner in found.owners] == [(wallet,) for wallet in "abcdef"]


def test_a_known_owner_whose_other_wallet_met_the_rest_is_no_new_one() -> None:
    hour = [bought(wallet, minute) for wallet, minute in zip("abcabd", (0, 1, 2, 40, 41, 42), strict=True)]
    known = Episode(frozenset("abc"), NOW + 120)
    found = heard(*hour, before=known, tied=[Tie("c", "d")])
    assert found.effect is Effect.EDIT
    assert [owner.wallets for owner in found.owners] == [("a",), ("b",), ("c", "d")]


def test_another_wallet_of_a_known_owner_joins_while_that_meeting_lasts() -> None:
    known = Episode(frozenset("abc"), NOW + 120)
    found = heard(*FIRST, bought("d", 40), before=known, tied=[Tie("c", "d")])
    assert found.effect is Effect.EDIT


@given(
    st.lists(st.builds(bought, st.sampled_from("abcdef"), st.integers(0, 90)), max_size=20),
    st.builds(Episode, st.frozensets(st.sampled_from("abcdef")), st.sampled_from([NOW - DAY, NOW + 600])),
)
def test_where_nobody_is_tied_only_a_new_meeting_is_news(trades: list[Sighting], before: Episode) -> None:
    found = parts(Pattern.CONFLUENCE, sorted(trades, key=lambda one: one.at))
    met = newly_met(found, apart, before, owners=3, seconds=1_800)
    message = message_of(found, apart, before, met)
    assert message.effect is (Effect.PING if met else Effect.NOTHING)
    if met:
        assert {part.wallet for part in met} - notified_at(before, met[-1].done_at)
