"""Each button of /settings says what is to be, and can be read back as a setting."""

from bot.parsing.settings import parse_settings
from domain.rules.rules import DEFAULT_SETTINGS, ChatSettings, Display, Field
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.keyboards.language import LANGUAGE
from messaging.telegram.keyboards.settings import CARD, HOURS, SETTING, settings_keyboard, with_back_button

CALLBACKS = Callbacks("1:token")


def buttons(settings: ChatSettings) -> dict[str, str]:
    """The words behind each button, by its text."""
    keyboard = settings_keyboard(CALLBACKS, settings, chat_id=5)
    found = {}
    for button in (one for row in keyboard.inline_keyboard for one in row):
        assert isinstance(button.callback_data, str)
        assert len(button.callback_data.encode()) <= 64
        pressed = CALLBACKS.read(button.callback_data, chat_id=5, user_id=1)
        if pressed.verb in {CARD, HOURS, LANGUAGE}:
            continue
        assert pressed.verb == SETTING
        found[button.text] = " ".join(pressed.arguments)
    return found


def test_every_button_changes_what_it_names() -> None:
    assert all(parse_settings(words)(DEFAULT_SETTINGS) for words in buttons(DEFAULT_SETTINGS).values())
    displayed = buttons(DEFAULT_SETTINGS)
    assert displayed["✅ Route"] == "hide route"
    assert displayed["• Solscan •"] == "explorer solscan"
    assert displayed["⬜ Spam line"] == "spam on"
    assert displayed["⬜ One message a position"] == "living on"
    assert displayed["• 🚦 100/h •"] == "busy 100"


def test_what_is_set_is_marked() -> None:
    settings = ChatSettings(
        display=Display(hidden=frozenset({Field.ROUTE}), trade=""), spam_line=True, busy_above=0
    )
    displayed = buttons(settings)
    assert displayed["⬜ Route"] == "show route"
    assert displayed["✅ Spam line"] == "spam off"
    assert "• 🚦 Never •" in displayed


def test_every_card_leads_back_to_all_settings() -> None:
    keyboard = settings_keyboard(CALLBACKS, DEFAULT_SETTINGS, chat_id=5)
    texts = [button.text for row in keyboard.inline_keyboard for button in row]
    assert {
        "🌙 Quiet hours",
        "📚 Digest",
        "🕐 Time zone",
        "🤖 My trading bot",
        "💵 My size",
        "🌐 Language",
    } <= {*texts}
    assert with_back_button(CALLBACKS, keyboard, chat_id=5).inline_keyboard[-1][0].text == "⚙️ Settings"
    assert len(with_back_button(CALLBACKS, None, chat_id=5).inline_keyboard) == 1
