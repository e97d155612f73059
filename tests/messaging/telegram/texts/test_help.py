"""What the bot can do, and what it says when it cannot."""

from messaging.telegram.texts import help as texts


def test_operators_see_more() -> None:
    assert "/stats" not in texts.help_text(is_operator=False)
    assert "/stats: counts" in texts.help_text(is_operator=True)


def test_foreign_words_are_escaped() -> None:
    assert "<i>" not in texts.unknown_command("<i>")
    assert "&lt;ADDRESS&gt;" in texts.one_line("/watch <ADDRESS>")


def test_notes_over_buttons_are_short_and_plain() -> None:
    for note in (texts.admins_only(), texts.operators_only(), texts.too_fast()):
        assert len(note) <= 200
        assert "<" not in note
