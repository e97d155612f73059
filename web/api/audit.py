"""What operators ask for over HTTP stands in the audit log, as what they ask for in the chat does."""

from domain.people import Act, AuditOutcome
from web.api.endpoint import MAX_ACT, Call


async def note(call: Call, act: str) -> None:
    """Note an act that was done."""
    await call.services.audit.note(
        Act(
            actor_id=call.caller.user_id,
            chat_id=call.caller.target.chat_id,
            act=f"web: {act}"[:MAX_ACT],
            outcome=AuditOutcome.DONE,
        )
    )
