"""The buttons of paper campaigns. Pure."""

from collections.abc import Sequence

from domain.paper.stored import CampaignStatus, StoredCampaign
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.methods import Markup

PAPER_SET = "paper"
"""Verb of a button that lets a campaign, its first argument, come to the status of the second."""
PAPER_FILLS = "fills"
"""Verb of a button that shows the fills of a campaign."""
_VERBS = {
    CampaignStatus.RUNNING: ("⏸ Pause", CampaignStatus.PAUSED),
    CampaignStatus.PAUSED: ("▶️ Resume", CampaignStatus.RUNNING),
}


def paper_keyboard(
    callbacks: Callbacks, campaigns: Sequence[StoredCampaign], *, chat_id: int, may_change: bool
) -> Markup | None:
    """A row for each campaign; None: there is none."""
    rows = [_row(callbacks, one, chat_id, may_change=may_change) for one in campaigns]
    return {"inline_keyboard": rows} if rows else None


def _row(callbacks: Callbacks, one: StoredCampaign, chat_id: int, *, may_change: bool) -> list[Markup]:
    def button(text: str, verb: str, *arguments: str | int) -> Markup:
        data = callbacks.write(verb, one.campaign_id, *arguments, chat_id=chat_id)
        return {"text": f"{text} {one.campaign_id}", "callback_data": data}

    row = [button("🧾 Trades", PAPER_FILLS)]
    if may_change and one.status in _VERBS:
        text, status = _VERBS[one.status]
        row += [
            button(text, PAPER_SET, status.value),
            button("⏹ Stop", PAPER_SET, CampaignStatus.STOPPED.value),
        ]
    return row
