"""The card of patterns."""

from domain.patterns.found import Pattern, PatternSettings
from messaging.telegram.texts.pattern_settings import last_week, patterns_text, patterns_usage


def test_the_card_says_what_is_set_and_how_it_is_changed() -> None:
    text = patterns_text(PatternSettings(owners=4, minutes=45))
    assert "4 owners within 45 min" in text
    assert "sends 70% of what it has, or more, to a new address" in text
    assert "/confluence" in text
    assert "24 hours" in patterns_usage()


def test_last_week_is_counted_by_pattern() -> None:
    found = {Pattern.ACCUMULATION: 1, Pattern.CONFLUENCE: 3}
    assert last_week(found) == "🎬 Last week: 3 × bought together, 1 × buying in slices."
    assert "none" in last_week({})
