"""A choice that carries on with a command."""

from bot.dialog.choice import Choice, Option

CHOICE = Choice(
    command="rules",
    before="Moby only",
    after="max 50k",
    options=(Option(value="MINT", name="WIF"), Option(value="OTHER", name="WIF 2")),
)


def test_an_option_fills_the_gap_and_the_rest_is_kept() -> None:
    assert CHOICE.words(0) == "Moby only MINT max 50k"
    assert CHOICE.words(1) == "Moby only OTHER max 50k"


def test_words_that_are_not_there_leave_no_blanks() -> None:
    choice = Choice(command="mute", options=(Option(value="ADDRESS", name="Moby"),))
    assert choice.words(0) == "ADDRESS"
