"""A past week is told as it would have been."""

from domain.patterns.found import Pattern, PatternFound, PatternSettings
from domain.patterns.replay import Replay
from domain.patterns.sightings import PastOfAddress, Sighting
from tests.domain.patterns.samples import DAY, NOW, bought, paid, sent, sold


def heard(
    *sightings: Sighting, settings: PatternSettings | None = None, until: float = NOW
) -> list[PatternFound]:
    replay = Replay(
        "solana",
        settings or PatternSettings(),
        followed={"a", "b", "c", "d"},
        last_active={"a": NOW - 40 * DAY},
        listed={"listed"},
        past_of=lambda _, at: PastOfAddress(NOW, seen_until=at),
    )
    found = [event for one in sightings for event in replay.see(one)]
    return [*found, *replay.until(until)]


def patterns(*sightings: Sighting, off: frozenset[Pattern] = frozenset()) -> list[str]:
    found = heard(*sightings, settings=PatternSettings(off=off))
    return [event.pattern.value for event in found]


def test_the_first_act_in_a_month_and_three_who_meet_are_news() -> None:
    three = (bought("a", 0), bought("b", 1), bought("c", 2))
    assert patterns(*three) == ["awakening", "confluence"]
    assert patterns(*three, off=frozenset({Pattern.AWAKENING, Pattern.CONFLUENCE})) == []


def test_wallets_of_other_chats_count_nowhere() -> None:
    assert patterns(bought("b", 0), bought("c", 1), bought("z", 2)) == []


def test_a_funder_of_many_is_a_hub_and_of_few_an_owner() -> None:
    three = (bought("b", 0), bought("c", 1), bought("d", 2))
    funded = [paid("f", wallet) for wallet in "bcd"]
    assert patterns(*funded, *three) == []
    assert patterns(*funded, *(paid("f", f"z{n}") for n in range(18)), *three) == ["confluence"]


def test_those_who_leave_and_slices_are_news_once() -> None:
    assert patterns(sold("b", 0, 9, 0), sold("c", 1, 9, 0), sold("d", 2, 9, 0)) == ["leaving"]
    assert patterns(*(bought("b", number) for number in range(9))) == ["accumulation"]


def test_who_has_left_is_no_owner_who_bought() -> None:
    met = (bought("b", 0), bought("c", 1), sold("b", 2, 1_000, 0), bought("d", 3))
    assert patterns(*met) == []
    assert patterns(*met, bought("b", 4)) == ["confluence"]


def test_a_move_is_news_once_its_address_has_shown_what_it_is() -> None:
    move = sent("b", "home", 0, 9_000)
    assert heard(move, until=NOW + DAY - 60) == []
    (event,) = heard(move, sent("b", "home", 5, 1_000), until=NOW + 2 * DAY)
    assert (event.pattern, event.to, event.times, event.usd) == (Pattern.MOVE, "home", 2, 10_000)
    assert heard(sent("b", "listed", 0, 9_000), until=NOW + 2 * DAY) == []
