"""Changes of paper campaigns stand in the audit log, in the transaction that makes them."""

from storage.postgres import Connection

NOBODY = 0
"""Who did what follows from a plan or a fault."""
NOTE = """
INSERT INTO audit_log (actor_id, chat_id, act, outcome) VALUES ($1, $2, $3, 'done')
"""


async def note_act(
    connection: Connection, chat_id: int, campaign_id: int, act: str, *, actor_id: int = NOBODY
) -> None:
    """Note what became of a campaign.

    Args:
        connection: in the transaction that does it.
        chat_id: whose campaign.
        campaign_id: which.
        act: in one or two words, such as `started`.
        actor_id: who wanted it.
    """
    await connection.execute(NOTE, actor_id, chat_id, f"paper {campaign_id} {act}")
