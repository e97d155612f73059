"""The buttons under a chart, and those of price alerts."""

from decimal import Decimal
from typing import Any

import pytest

from domain.tokens.candles import ChartRange
from domain.tokens.price_alerts import Condition, PriceAlert
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.charts.shapes import Theme
from messaging.telegram.keyboards.token import (
    CHART,
    alerts_keyboard,
    chart_code,
    price_keyboard,
    read_chart_code,
    token_keyboard,
)

CALLBACKS = Callbacks("1:token")
MINT = "DezXAZ8z7PnrnRJjz3wXBoRgixCa6xjnB7YaB1pPB263"


def rows(markup: Any) -> list[list[str]]:
    return [[button["text"] for button in row] for row in markup["inline_keyboard"]]


def test_the_range_that_is_shown_is_marked_and_the_other_look_offered() -> None:
    keyboard = token_keyboard(CALLBACKS, chat_id=7, mint=MINT, of=ChartRange.WEEK, theme=Theme.DARK)
    assert rows(keyboard) == [["1h", "24h", "· 7d ·", "30d"], ["☀️ Light", "🛡 Scan", "🎯 10% move"]]
    light = token_keyboard(CALLBACKS, chat_id=7, mint=MINT, of=ChartRange.HOUR, theme=Theme.LIGHT)
    assert rows(light)[1][0] == "🌙 Dark"


def test_a_button_draws_what_it_says() -> None:
    keyboard: Any = token_keyboard(CALLBACKS, chat_id=7, mint=MINT, of=ChartRange.DAY, theme=Theme.LIGHT)
    data = keyboard["inline_keyboard"][0][3]["callback_data"]
    callback = CALLBACKS.read(data, chat_id=7, user_id=1)
    assert (callback.verb, callback.arguments[0]) == (CHART, MINT)
    assert read_chart_code(callback.arguments[1]) == (ChartRange.MONTH, Theme.LIGHT)


@pytest.mark.parametrize("of", list(ChartRange))
@pytest.mark.parametrize("theme", list(Theme))
def test_a_code_is_read_as_it_was_written(of: ChartRange, theme: Theme) -> None:
    assert read_chart_code(chart_code(of, theme)) == (of, theme)


@pytest.mark.parametrize("code", ["", "9x", "d1", "日"])
def test_an_odd_code_is_the_usual_chart(code: str) -> None:
    assert read_chart_code(code) == (ChartRange.DAY, Theme.DARK)


def test_each_alert_has_a_button_that_deletes_it() -> None:
    alerts = [
        PriceAlert(
            price_alert_id=number,
            chat_id=7,
            topic_id=0,
            chain="solana",
            mint=MINT,
            condition=Condition.ABOVE,
            target=Decimal(1),
            anchor=Decimal(1),
            is_armed=True,
        )
        for number in range(50)
    ]
    assert [len(row) for row in rows(alerts_keyboard(CALLBACKS, alerts, chat_id=7))] == [5] * 10
    assert rows(price_keyboard(CALLBACKS, chat_id=7, mint=MINT)) == [["📈 Chart", "🎯 10% move"]]
