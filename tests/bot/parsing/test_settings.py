"""What people write behind /settings, and what its buttons say."""

import pytest

from bot.parsing.settings import parse_settings
from domain.errors import BadInput
from domain.rules.rules import DEFAULT_SETTINGS, ChatSettings, Display, Field


@pytest.mark.parametrize(
    ("words", "settings"),
    [
        ("chart birdeye", ChatSettings(display=Display(chart="birdeye"))),
        ("Explorer none", ChatSettings(display=Display(explorer=""))),
        ("trade GMGN", ChatSettings(display=Display(trade="gmgn"))),
        ("hide route", ChatSettings(display=Display(hidden=frozenset({Field.ROUTE})))),
        ("show route", DEFAULT_SETTINGS),
        ("spam on", ChatSettings(spam_line=True)),
        ("living on", ChatSettings(living=True)),
        ("busy 60", ChatSettings(busy_above=60)),
        ("busy off", ChatSettings(busy_above=0)),
        ("busy on", DEFAULT_SETTINGS),
    ],
)
def test_words_are_changes(words: str, settings: ChatSettings) -> None:
    assert parse_settings(words)(DEFAULT_SETTINGS) == settings


def test_what_was_hidden_is_displayed_again_and_other_fields_stay() -> None:
    hidden = DEFAULT_SETTINGS
    for words in ("hide route", "hide impact", "show route"):
        hidden = parse_settings(words)(hidden)
    assert hidden.display.hidden == {Field.IMPACT}


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        ("chart yahoo", "DexScreener, Birdeye"),
        ("hide price", "position, market"),
        ("busy 0", "from 1 to"),
        ("busy 101", "from 1 to"),
        ("busy ²", "from 1 to"),
        ("spam maybe", "spam on"),
        ("colour blue", "chart birdeye"),
    ],
)
def test_what_is_not_understood_says_what_can_be_set(words: str, advice: str) -> None:
    with pytest.raises(BadInput, match=advice):
        parse_settings(words)


@pytest.mark.parametrize(
    ("words", "bot", "start"),
    [
        ("bot @my_bot", "my_bot", ""),
        ("bot My_Trojanbot r-me-", "My_Trojanbot", "r-me-"),
        ("bot https://t.me/bonk_bot?start=ref_x_", "bonk_bot", "ref_x_"),
        ("bot none", "", ""),
    ],
)
def test_an_own_trading_bot_is_named(words: str, bot: str, start: str) -> None:
    display = parse_settings(words)(ChatSettings(display=Display(bot="old_bot"))).display
    assert (display.bot, display.bot_start) == (bot, start)


@pytest.mark.parametrize(
    "words", ["bot", "bot https://evil.example/x", "bot @a b c", f"bot @my_bot {'x' * 21}", "bot @my_bot a&b"]
)
def test_what_is_no_bot_of_telegram_is_refused(words: str) -> None:
    with pytest.raises(BadInput):
        parse_settings(words)
