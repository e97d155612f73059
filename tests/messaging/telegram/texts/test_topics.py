"""Where alerts of a group come is said in numbers."""

from messaging.telegram.texts import topics as texts


def test_other_topics_are_counted_only_where_they_follow_some() -> None:
    assert texts.spread(1, 0) == "🧵 1 wallet alert here, none in another topic."
    assert "3 wallets alert here, 5 in other topics" in texts.spread(3, 5)
    assert texts.moved(8, 0) == "🧵 8 wallets alert here now, none in another topic."
    assert "for groups" in texts.only_in_groups()


def test_it_is_said_whose_names_and_rules_stay_where_topics_differ() -> None:
    assert "those of this topic stay, else those of the oldest topic" in texts.moved(8, 1)
