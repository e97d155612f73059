"""Commands as people type them."""

import pytest

from bot.dialog.request import Command, parse_command


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("/start", Command(name="start", bot="", words="")),
        ("/Watch@Whale_Bot abc  my whale ", Command(name="watch", bot="whale_bot", words="abc  my whale")),
        ("/watch\nabc", Command(name="watch", bot="", words="abc")),
        ("watch abc", None),
        (" /start", None),
        ("//", None),
        ("/start! now", None),
        ("", None),
    ],
)
def test_a_command_is_recognised_among_other_words(text: str, command: Command | None) -> None:
    assert parse_command(text) == command
