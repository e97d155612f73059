"""Whom a .sol name stands for is shown and confirmed before anybody is followed."""

from dataclasses import replace

import pytest

from bot.connections import open_servers
from bot.dialog.request import Reply, Request
from bot.dialog.sol_names import offer_name
from bot.wiring import make_services
from chain.parsing.names import NameFault, NameSource, Resolved
from domain.chats import ChatKind, ChatTarget
from domain.errors import BadInput
from runtime.settings.settings import Settings
from tests.bot.conftest import WHALE

pytestmark = pytest.mark.services
REQUEST = Request(update_id=1, target=ChatTarget(chat_id=5, kind=ChatKind.PRIVATE), user_id=5, message_id=1)


class Names:
    def __init__(self, outcome: Resolved | NameFault | None) -> None:
        self._outcome = outcome

    async def resolve(self, name: str) -> Resolved | NameFault | None:
        assert name == "toly.sol"
        return self._outcome


async def offered(settings: Settings, outcome: Resolved | NameFault | None, label: str = "") -> Reply:
    async with open_servers(settings) as servers:
        services = replace(make_services(settings, servers), names=Names(outcome))
        return await offer_name(REQUEST, services, "toly.sol", label)


async def test_name_and_address_are_shown_and_nothing_is_followed_yet(settings: Settings) -> None:
    reply = await offered(settings, Resolved(address=WHALE, source=NameSource.RECORD))
    assert "toly․sol" in reply.text
    assert WHALE in reply.text
    assert "the name's owner has set" in reply.text
    assert reply.keyboard is not None
    assert reply.keyboard.to_dict()["inline_keyboard"][0][0]["text"] == "🐋 Follow So11…1112"


@pytest.mark.parametrize(
    ("outcome", "why"),
    [
        (NameFault.PROGRAM, "belongs to a program"),
        (NameFault.BAD_RECORD, "broken record"),
        (NameFault.NOT_REGISTERED, "is not registered"),
        (NameFault.NO_HOLDER, "is an NFT"),
        (None, "can't be read at the moment"),
    ],
)
async def test_a_name_that_stands_for_nobody_says_why(
    settings: Settings, outcome: NameFault | None, why: str
) -> None:
    reply = await offered(settings, outcome)
    assert why in reply.text
    assert reply.keyboard is None


async def test_a_label_of_its_own_is_checked(settings: Settings) -> None:
    with pytest.raises(BadInput):
        await offered(settings, Resolved(address=WHALE, source=NameSource.OWNER), "x" * 40)
