"""What a command, a button or an answer leads to. The tables: bot/routes.py."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from bot.dialog.request import Reply, Request
from bot.permissions import Permission
from services.services import Services

Handler = Callable[[Request, Services], Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class Route:
    """A handler, and who may call it."""

    handler: Handler
    permission: Permission = Permission.ANYBODY
    may_look: bool = False
    """Who lacks the permission may still call it, read-only."""
    command: str = ""
    """Of which a button or an answer is a part: where that is switched off, so is this; empty: of none."""

    def named(self, request: Request) -> Request:
        """The request under the name of its command."""
        return request if request.command else replace(request, command=self.command)
