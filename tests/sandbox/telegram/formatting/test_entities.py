"""What is found in plain text."""

import pytest

from sandbox.telegram.formatting.entities import find_entities
from sandbox.telegram.formatting.utf16 import utf16_slice


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/start", [("bot_command", "/start")]),
        ("🐳 /watch@whale_bot now", [("bot_command", "/watch@whale_bot")]),
        ("a/b 1/2 //x", []),
        ("see https://solscan.io/tx/5?x=1.", [("url", "https://solscan.io/tx/5?x=1")]),
        ("solscan.io, (raydium.io/swap)", [("url", "solscan.io"), ("url", "raydium.io/swap")]),
        ("https://e.org/a_(b)", [("url", "https://e.org/a_(b)")]),
        ("no.link.here 1.5 v1.2.3", []),
        ("@alice and a@b.com", [("mention", "@alice"), ("email", "a@b.com")]),
        ("#sol #1 $WIF $wif $5", [("hashtag", "#sol"), ("cashtag", "$WIF")]),
        ("plain", []),
    ],
)
def test_it_finds_what_telegram_finds(text: str, found: list[tuple[str, str]]) -> None:
    assert [(one.type, utf16_slice(text, one.offset, one.length)) for one in find_entities(text)] == found
