"""Deep links into the bot: the start parameter has up to 64 letters, digits, - and _.

wADDRESS  follow a wallet        tMINT  open a token        l…  open a shared list        g…  confirm a group
p…  pay for a group
"""

from dataclasses import dataclass

from domain.activity.addresses import is_address
from services.acts import groups
from services.acts.groups import GroupLink
from services.services import Services
from storage.chats.shared_lists import SharedList

MAX_PARAMETER = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletLink:
    """Follow a wallet: it is offered, never done by the link alone."""

    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenLink:
    """Open a token."""

    mint: str


@dataclass(frozen=True, slots=True)
class DeadLink:
    """A list that has expired or was revoked."""


Link = WalletLink | TokenLink | SharedList | GroupLink | DeadLink


async def read_link(services: Services, parameter: str) -> Link | None:
    """Return what a start parameter asks for; None: nothing that the bot knows."""
    kind, rest = parameter[:1], parameter[1:]
    if not parameter or len(parameter) > MAX_PARAMETER:
        return None
    if kind == "w" and is_address(rest):
        return WalletLink(address=rest)
    if kind == "t" and is_address(rest):
        return TokenLink(mint=rest)
    if kind in {groups.PREFIX, groups.TAKES_OVER}:
        return groups.read_parameter(services, parameter)
    if kind != "l":
        return None
    return await services.shared_lists.open(parameter) or DeadLink()
