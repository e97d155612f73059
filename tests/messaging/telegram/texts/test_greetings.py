"""The first screen of a person, and of a group."""

from messaging.telegram.texts.greetings import greeting, group_greeting


def test_a_name_is_cleaned_and_escaped() -> None:
    text = greeting("<b>Ann\u202e", has_examples=True)
    assert "&lt;b&gt;Ann!" in text
    assert "\u202e" not in text
    assert "Tap one of these whales" in text


def test_without_name_and_examples_it_still_greets() -> None:
    assert greeting("", has_examples=False).startswith("👋 Hello! ")
    assert "Send an address" in greeting("", has_examples=False)


def test_a_group_reads_who_may_change_settings() -> None:
    assert "Admins choose" in group_greeting()


def test_a_group_that_adds_the_bot_again_reads_what_it_still_follows() -> None:
    assert "still follows" not in group_greeting()
    assert "This group still follows 2 wallets: /wallets." in group_greeting(2)
