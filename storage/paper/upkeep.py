"""Bounds the data of campaigns: fills, old points, and campaigns of inactive chats."""

from domain.errors import BadInput
from domain.paper.stored import CampaignStatus
from storage.paper.campaigns import set_campaign_status
from storage.postgres import Database, affected
from storage.sql_files import read_statement

KEPT_FILLS = 10_000
"""Of a campaign: the latest."""
CLOSED_DAYS = 3
"""After which the campaigns of a chat pause where nothing can be sent."""
BATCH = 20_000
NOBODY = 0
"""Who pauses them."""

DELETE_FILLS = """
DELETE FROM campaign_fills WHERE ctid IN (
    SELECT campaign_fills.ctid FROM campaigns JOIN campaign_fills USING (campaign_id)
    WHERE campaigns.fills > $1 AND number <= campaigns.fills - $1 AND NOT is_anew AND kept_fills IS NULL
    LIMIT $2)
"""
THIN_POINTS = read_statement(__name__, "THIN_POINTS")
OF_CLOSED = """
SELECT campaign_id, chat_id FROM campaigns JOIN chats USING (chat_id)
WHERE campaigns.status = 'running' AND closed_at < now() - make_interval(days => $1)
ORDER BY campaign_id LIMIT 500
"""


async def keep_campaigns_small(database: Database) -> dict[str, int]:
    """Delete fills and points that are too many, and let campaigns of closed chats pause; what was done."""
    fills = affected(await database.execute(DELETE_FILLS, KEPT_FILLS, BATCH))
    points = affected(await database.execute(THIN_POINTS, BATCH))
    paused = 0
    for row in await database.fetch(OF_CLOSED, CLOSED_DAYS):
        paused += await _pause(database, row["campaign_id"], row["chat_id"])
    return {"campaign fills": fills, "campaign points": points, "campaigns paused": paused}


async def _pause(database: Database, campaign_id: int, chat_id: int) -> bool:
    for status in (CampaignStatus.PAUSED, CampaignStatus.STOPPED):
        try:
            return await set_campaign_status(
                database, campaign_id=campaign_id, chat_id=chat_id, status=status, actor_id=NOBODY
            )
        except BadInput:
            continue  # it has paused too often
    return False
