"""What the bot can do, and what it says when it cannot."""

from messaging.telegram.texts import help as texts


def test_operators_see_more() -> None:
    assert "/stats" not in texts.help_text(is_operator=False, is_private=True)
    assert "/stats: counts" in texts.help_text(is_operator=True, is_private=True)


def test_what_is_asked_for_first_comes_first_and_the_rest_in_a_quotation() -> None:
    text = texts.help_text(is_operator=False, is_private=True)
    first, rest = text.split("<b>More</b>\n<blockquote expandable>")
    assert first.count("\n/") < 20
    assert "/watch ADDRESS name" in first
    assert "/webhooks" in rest
    assert all(f"/{command}" in text for command, *_ in texts.COMMANDS)


def test_a_group_does_not_read_of_what_works_in_private_only() -> None:
    assert "paste" not in texts.help_text(is_operator=False, is_private=False)
    assert "paste" in texts.help_text(is_operator=False, is_private=True)


def test_a_command_that_is_spelled_alike_is_offered() -> None:
    assert texts.unknown_command("walets", "wallets") == "/walets is not a command. Did you mean /wallets?"
    assert texts.not_understood("wallets") == "Did you mean /wallets?"


def test_foreign_words_are_escaped() -> None:
    assert "<i>" not in texts.unknown_command("<i>", None)
    assert "&lt;ADDRESS&gt;" in texts.one_line("/watch <ADDRESS>")


def test_notes_over_buttons_are_short_and_plain() -> None:
    for note in (texts.admins_only(), texts.operators_only(), texts.too_fast()):
        assert len(note) <= 200
        assert "<" not in note
