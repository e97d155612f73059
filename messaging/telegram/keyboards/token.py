"""The buttons under a token's chart, and those of the price alerts. Pure."""

from collections.abc import Sequence

from domain.tokens.candles import ChartRange
from domain.tokens.price_alerts import PriceAlert
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.charts.shapes import Theme
from messaging.telegram.keyboards.alert import SCAN
from messaging.telegram.methods import Markup

CHART = "k"
"""Verb of a button that draws a chart: mint, range and theme; one letter, so that a mint has room."""
PRICE_SET = "pset"
"""Verb of a button that sets a price alert of ten percent on its mint."""
PRICE_DROP = "pdrop"
"""Verb of a button that deletes a price alert."""
_RANGES = {str(number): one for number, one in enumerate(ChartRange)}
_THEMES = {one.value[0]: one for one in Theme}


def chart_code(of: ChartRange, theme: Theme) -> str:
    """A range and a theme in two characters."""
    return f"{[*ChartRange].index(of)}{theme.value[0]}"


def read_chart_code(code: str) -> tuple[ChartRange, Theme]:
    """Range and theme of a code; of anything else the usual ones."""
    return _RANGES.get(code[:1], ChartRange.DAY), _THEMES.get(code[1:2], Theme.DARK)


def token_keyboard(
    callbacks: Callbacks, *, chat_id: int, mint: str, of: ChartRange, theme: Theme, locale: Locale = ENGLISH
) -> Markup:
    """The ranges of a chart, its other theme, and what else may be done with its token.

    Args:
        callbacks: signs the buttons.
        chat_id: where it is shown.
        mint: the token, which leaves room for two letters: range and theme.
        of: the range that is shown.
        theme: of the picture that is shown.
        locale: of the reader.
    """

    def chart(name: str, other: ChartRange, in_theme: Theme) -> Markup:
        data = callbacks.write(CHART, mint, chart_code(other, in_theme), chat_id=chat_id)
        return {"text": name, "callback_data": data}

    ranges = [chart(f"· {one} ·" if one is of else one.value, one, theme) for one in ChartRange]
    other = Theme.LIGHT if theme is Theme.DARK else Theme.DARK
    more: list[Markup] = [
        chart(locale.gettext("☀️ Light") if other is Theme.LIGHT else locale.gettext("🌙 Dark"), of, other),
        {"text": locale.gettext("🛡 Scan"), "callback_data": callbacks.write(SCAN, mint, chat_id=chat_id)},
        {
            "text": locale.gettext("🎯 {percent} move", percent=locale.percent("10")),
            "callback_data": callbacks.write(PRICE_SET, mint, chat_id=chat_id),
        },
    ]
    return {"inline_keyboard": [ranges, more]}


def price_keyboard(callbacks: Callbacks, *, chat_id: int, mint: str, locale: Locale = ENGLISH) -> Markup:
    """Return what may be done with the token whose price was shown.

    Args:
        callbacks: signs the buttons.
        chat_id: where it is shown.
        mint: the token.
        locale: of the reader.
    """
    row: list[Markup] = [
        {
            "text": locale.gettext("📈 Chart"),
            "callback_data": callbacks.write(
                CHART, mint, chart_code(ChartRange.DAY, Theme.DARK), chat_id=chat_id
            ),
        },
        {
            "text": locale.gettext("🎯 {percent} move", percent=locale.percent("10")),
            "callback_data": callbacks.write(PRICE_SET, mint, chat_id=chat_id),
        },
    ]
    return {"inline_keyboard": [row]}


def alerts_keyboard(callbacks: Callbacks, alerts: Sequence[PriceAlert], *, chat_id: int) -> Markup:
    """A button for each price alert, by its number in the list, that deletes it.

    Args:
        callbacks: signs the buttons.
        alerts: in the order of the list above the buttons.
        chat_id: where it is shown.
    """
    buttons: list[Markup] = [
        {
            "text": f"🗑 {number}",
            "callback_data": callbacks.write(PRICE_DROP, alert.price_alert_id, chat_id=chat_id),
        }
        for number, alert in enumerate(alerts, 1)
    ]
    return {"inline_keyboard": [buttons[at : at + 5] for at in range(0, len(buttons), 5)]}
