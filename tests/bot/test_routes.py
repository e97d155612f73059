"""The table of handlers."""

import pytest

from bot.routes import COMMANDS, PASTED, TRANSACTION, UNKNOWN_TEXT, Route, text_route
from messaging.telegram.texts import help as help_texts
from tests.bot.conftest import WHALE

SIGNATURE = "5h6xBEauJ3PK6SWCZ1PGjBvj8vDdWG3KpwATGy1ARAXFSDwt8GFXM7W5Ncn16wmqokgpiKRLuS83KUxyZyv2sUYv"


def test_help_lists_every_command_and_no_other() -> None:
    listed = {name for name, _, _ in (*help_texts.COMMANDS, *help_texts.OPERATOR_COMMANDS)}
    assert listed == set(COMMANDS)


@pytest.mark.parametrize(
    ("text", "route"),
    [
        (f"look at {WHALE}", PASTED),
        (f"https://solscan.io/account/{WHALE}", PASTED),
        (SIGNATURE, TRANSACTION),
        (f"https://solscan.io/tx/{SIGNATURE}", TRANSACTION),
        ("good morning", UNKNOWN_TEXT),
        ("", UNKNOWN_TEXT),
    ],
)
def test_what_was_pasted_decides_who_answers(text: str, route: Route) -> None:
    assert text_route(text) is route
