"""The card of /settings says what is set, in a line each."""

from domain.rules.rules import DEFAULT_SETTINGS, ChatSettings, Display, Field
from messaging.telegram.texts.settings import FIELD_NAMES, bot_text, settings_text


def test_the_card_of_a_chat_that_has_set_nothing() -> None:
    text = settings_text(DEFAULT_SETTINGS)
    assert "Links: Tx on Solscan · Chart on DexScreener · Trade on Jupiter" in text
    assert "Alerts show: position, market, impact, now, route" in text
    assert "Spam: silent, no daily line" in text
    assert "Positions: a message for each event" in text
    assert "Busy wallets: beyond 100 events an hour summed up at its end" in text


def test_the_card_of_a_chat_that_wants_little() -> None:
    display = Display(explorer="", chart="", trade="", hidden=frozenset(Field))
    text = settings_text(ChatSettings(display=display, spam_line=True, busy_above=0))
    assert "Links: none" in text
    assert "Alerts show: only who, what and how much" in text
    assert "Spam: silent, counted once a day" in text
    assert "Busy wallets: every event comes by itself" in text


def test_the_card_says_that_a_position_is_one_message() -> None:
    text = settings_text(ChatSettings(living=True))
    assert "Positions: one message each, edited until the exit, which comes as an answer" in text


def test_every_field_has_a_name() -> None:
    assert set(FIELD_NAMES) == set(Field)


def test_hours_and_the_own_bot_stand_in_the_card() -> None:
    settings = ChatSettings(zone="Europe/Berlin", display=Display(bot="my_bot"))
    text = settings_text(settings)
    assert "Hours: no quiet hours, no digest, Europe/Berlin time" in text
    assert "· Bot @my_bot" in text
    assert "My trading bot</b>: @my_bot" in bot_text(settings)
