"""The buttons of paper campaigns. Pure."""

from collections.abc import Sequence

from domain.paper.stored import CampaignStatus, StoredCampaign
from messaging.languages.locale import ENGLISH, Locale, gettext_noop
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.charts.shapes import Theme
from messaging.telegram.methods import Markup

PAPER_SET = "paper"
"""Verb of a button that lets a campaign, its first argument, come to the status of the second."""
ASK_STOP = "stop?"
"""In the place of a status: ask first, since a campaign that was stopped never continues."""
PAPER_FILLS = "fills"
"""Verb of a button that shows the fills of a campaign."""
PAPER_PAGE = "papers"
"""Verb of a button that shows another page of campaigns, counted from 0."""
PAPER_CHART = "curve"
"""Verb of a button that draws a campaign, its first argument, in the look of the second."""
_VERBS = {
    CampaignStatus.RUNNING: (gettext_noop("Pause"), CampaignStatus.PAUSED),
    CampaignStatus.PAUSED: (gettext_noop("Resume"), CampaignStatus.RUNNING),
}
_TRADES, _CHART, _STOP = gettext_noop("Trades"), gettext_noop("Chart"), gettext_noop("Stop")


def paper_keyboard(
    callbacks: Callbacks,
    campaigns: Sequence[StoredCampaign],
    *,
    chat_id: int,
    may_change: bool,
    neighbours: Sequence[int] = (),
    locale: Locale = ENGLISH,
) -> Markup | None:
    """A row for each campaign of a page, four short words wide, and one for other pages; None: there is none.

    Args:
        callbacks: signs the buttons.
        campaigns: in the order in which they stand in the message.
        chat_id: whose buttons.
        may_change: whether whoever reads it may do more than look.
        neighbours: the page before this one and the one after it, -1 for none; empty: there is one page.
        locale: of who reads it.
    """
    rows = [_row(callbacks, one, chat_id, locale, may_change=may_change) for one in campaigns]
    others: list[Markup] = [
        {"text": sign, "callback_data": callbacks.write(PAPER_PAGE, page, chat_id=chat_id)}
        for sign, page in zip("◀▶", neighbours, strict=False)
        if page >= 0
    ]
    rows += [others] if others else []
    return {"inline_keyboard": rows} if rows else None


def _row(
    callbacks: Callbacks, one: StoredCampaign, chat_id: int, locale: Locale, *, may_change: bool
) -> list[Markup]:
    def button(text: str, verb: str, *arguments: str | int) -> Markup:
        data = callbacks.write(verb, one.campaign_id, *arguments, chat_id=chat_id)
        return {"text": f"{locale.gettext(text)} {one.campaign_id}", "callback_data": data}

    row = [button(_TRADES, PAPER_FILLS), button(_CHART, PAPER_CHART, Theme.DARK.value)]
    if may_change and one.status in _VERBS:
        text, status = _VERBS[one.status]
        row += [
            button(text, PAPER_SET, status.value),
            button(_STOP, PAPER_SET, ASK_STOP),
        ]
    return row


def stop_keyboard(
    callbacks: Callbacks, *, chat_id: int, campaign_id: int, locale: Locale = ENGLISH
) -> Markup:
    """Yes or no.

    Args:
        callbacks: signs the buttons.
        chat_id: whose campaign it is.
        campaign_id: the one to stop.
        locale: of the reader.
    """
    stop = callbacks.write(PAPER_SET, campaign_id, CampaignStatus.STOPPED.value, chat_id=chat_id)
    keep = callbacks.write(PAPER_PAGE, 0, chat_id=chat_id)
    return {
        "inline_keyboard": [
            [
                {"text": locale.gettext("Stop it"), "callback_data": stop},
                {"text": locale.gettext("Keep it"), "callback_data": keep},
            ]
        ]
    }


def chart_keyboard(
    callbacks: Callbacks, *, chat_id: int, campaign_id: int, theme: Theme, locale: Locale = ENGLISH
) -> Markup:
    """Under a curve: the other look.

    Args:
        callbacks: signs the button.
        chat_id: whose campaign it is.
        campaign_id: the one drawn.
        theme: of the picture that is shown.
        locale: of the reader.
    """
    other = Theme.LIGHT if theme is Theme.DARK else Theme.DARK
    name = locale.gettext("☀️ Light") if other is Theme.LIGHT else locale.gettext("🌙 Dark")
    data = callbacks.write(PAPER_CHART, campaign_id, other.value, chat_id=chat_id)
    return {"inline_keyboard": [[{"text": name, "callback_data": data}]]}
