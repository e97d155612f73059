"""The buttons of a wallet's record can be read back."""

from messaging.telegram.callbacks import Callbacks
from messaging.telegram.charts.shapes import Theme
from messaging.telegram.keyboards.records import EQUITY, equity_keyboard, record_keyboard, theme_of
from messaging.telegram.methods import Markup

CALLBACKS = Callbacks("1:token")
WALLET = "7vfCXTUXx5WJV5JADk17DUJ4ksgau7utNKj4b963voxs"


def pressed(keyboard: Markup) -> list[str]:
    rows = keyboard["inline_keyboard"]
    assert isinstance(rows, list)
    data = rows[0][0]["callback_data"]
    assert len(data.encode()) <= 64
    found = CALLBACKS.read(data, chat_id=5, user_id=1)
    assert found.verb == EQUITY
    return list(found.arguments)


def test_a_card_offers_its_curve_and_a_curve_its_other_look() -> None:
    assert pressed(record_keyboard(CALLBACKS, chat_id=5, wallet=WALLET)) == [WALLET, "d"]
    light = equity_keyboard(CALLBACKS, chat_id=5, wallet=WALLET, theme=Theme.DARK)
    wallet, code = pressed(light)
    assert (wallet, theme_of(code)) == (WALLET, Theme.LIGHT)
    dark = equity_keyboard(CALLBACKS, chat_id=5, wallet=WALLET, theme=Theme.LIGHT)
    assert theme_of(pressed(dark)[1]) is Theme.DARK
