"""The buttons of paper campaigns."""

from typing import Any

import pytest

from domain.paper.stored import CampaignStatus
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.charts.shapes import Theme
from messaging.telegram.keyboards.paper import chart_keyboard, paper_keyboard
from tests.messaging.telegram.paper_samples import campaign

CALLBACKS = Callbacks("a token of this test")


def texts(*, may_change: bool = True, **changes: Any) -> list[str]:
    keyboard = paper_keyboard(CALLBACKS, [campaign(**changes)], chat_id=1, may_change=may_change)
    assert keyboard is not None
    rows: Any = keyboard["inline_keyboard"]
    return [button["text"] for row in rows for button in row]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (CampaignStatus.RUNNING, ["Trades 7", "Chart 7", "Pause 7", "Stop 7"]),
        (CampaignStatus.PAUSED, ["Trades 7", "Chart 7", "Resume 7", "Stop 7"]),
        (CampaignStatus.STOPPED, ["Trades 7", "Chart 7"]),
        (CampaignStatus.ENDED, ["Trades 7", "Chart 7"]),
    ],
)
def test_a_campaign_offers_what_it_can_come_to(status: CampaignStatus, expected: list[str]) -> None:
    assert texts(status=status) == expected


def test_who_may_only_look_sees_trades_and_curve() -> None:
    assert texts(may_change=False) == ["Trades 7", "Chart 7"]
    assert paper_keyboard(CALLBACKS, [], chat_id=1, may_change=True) is None


@pytest.mark.parametrize(
    ("neighbours", "signs"),
    [((-1, -1), []), ((-1, 1), ["▶"]), ((0, 2), ["◀", "▶"]), ((0, -1), ["◀"])],
)
def test_other_pages_are_a_sign_away(neighbours: tuple[int, int], signs: list[str]) -> None:
    keyboard: Any = paper_keyboard(
        CALLBACKS, [campaign()], chat_id=1, may_change=False, neighbours=neighbours
    )
    assert [button["text"] for row in keyboard["inline_keyboard"][1:] for button in row] == signs


@pytest.mark.parametrize(("theme", "other"), [(Theme.DARK, "☀️ Light"), (Theme.LIGHT, "🌙 Dark")])
def test_a_curve_offers_the_other_look(theme: Theme, other: str) -> None:
    keyboard: Any = chart_keyboard(CALLBACKS, chat_id=1, campaign_id=2**62, theme=theme)
    ((button,),) = keyboard["inline_keyboard"]
    assert button["text"] == other
    assert len(button["callback_data"]) <= 64
