"""What detectors read."""

from domain.patterns.sightings import Action, PastOfAddress, Sighting


def test_what_is_not_known_is_none() -> None:
    seen = Sighting("a", 1.0, Action.BUY)
    assert (seen.usd, seen.before, seen.after, seen.book) == (None, None, None, None)
    assert PastOfAddress(None).passed_on == 0
