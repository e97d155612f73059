"""A route: a handler and its permission. The tables: bot/routes.py."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from msgspec import structs

from bot.dialog.request import Reply, Request
from bot.permissions import Permission
from services.services import Services

Handler = Callable[[Request, Services], Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class Route:
    """A handler and its permission."""

    handler: Handler
    permission: Permission = Permission.ANYBODY
    allows_read_only: bool = False
    """Whether people without the permission may call it read-only."""
    command: str = ""
    """Of which a button or an answer is a part: where that is switched off, so is this; empty: of none."""

    def named(self, request: Request) -> Request:
        """The request under the name of its command."""
        return request if request.command else structs.replace(request, command=self.command)
