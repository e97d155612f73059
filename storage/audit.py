"""What operators did, and what was refused to those who are none."""

from storage.postgres import Database


async def note_act(database: Database, *, actor_id: int, chat_id: int, act: str, outcome: str) -> None:
    """Keep one act: `outcome` is done or refused."""
    await database.execute(
        "INSERT INTO audit_log (actor_id, chat_id, act, outcome) VALUES ($1, $2, $3, $4)",
        actor_id,
        chat_id,
        act,
        outcome,
    )
