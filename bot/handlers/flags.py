"""/flags: operators switch a command off for a while, and on again. It comes back by itself."""

from bot.dialog.request import Reply, Request
from bot.parsing.times import parse_span
from domain.errors import BadInput
from domain.people import Act
from messaging.telegram.texts import operators as texts
from messaging.telegram.texts.help import COMMANDS
from services.services import Services

DEFAULT_SECONDS = 3_600.0
MAX_SECONDS = 7 * 86_400.0
SWITCHABLE = frozenset(name for name, _, _ in COMMANDS) - {"start", "help", "cancel", "deleteme"}
"""Whoever wants to know what is going on, or to leave, always can; operators' own commands always work."""


async def flags(request: Request, services: Services) -> Reply:
    """List what is off, or switch a command: `off scan 2h`, `on scan`."""
    words = request.words.lower().replace("/", "").split()
    if words[:1] not in (["on"], ["off"]) or not SWITCHABLE & {*words[1:2]}:
        return Reply(text=texts.flags_text(await services.switches.read(), is_usage=bool(words)))
    change, command, *span = words
    if change == "on":
        await services.switches.switch_on(command)
    else:
        await services.switches.switch_off(
            command, seconds=_seconds(" ".join(span)), operator=request.user_id
        )
    await services.audit.note(
        Act(
            update_id=request.update_id,
            actor_id=request.user_id,
            chat_id=request.target.chat_id,
            act="flags",
            about=" ".join(words)[:100],
        )
    )
    return Reply(text=texts.flags_text(await services.switches.read()))


def _seconds(span: str) -> float:
    """Return how long it is off.

    Raises:
        BadInput: that is no span of time.
    """
    if not span:
        return DEFAULT_SECONDS
    seconds = parse_span(span)
    if not 0 < seconds <= MAX_SECONDS:
        raise BadInput("A command may be off for a week at most, as in: /flags off scan 2h")
    return seconds
