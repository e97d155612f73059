"""Records operators' HTTP requests in the audit log, like their commands in chat."""

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
