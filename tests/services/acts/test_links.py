"""What a start parameter asks for."""

import pytest

from services.acts.links import DeadLink, TokenLink, WalletLink, read_link
from services.services import Services
from tests.bot.conftest import WHALE

pytestmark = pytest.mark.services


async def test_links_name_what_they_open_and_nothing_else(services: Services) -> None:
    assert await read_link(services, f"w{WHALE}") == WalletLink(address=WHALE)
    assert await read_link(services, f"t{WHALE}") == TokenLink(mint=WHALE)
    assert await read_link(services, services.shared_lists.parameter(404)) == DeadLink()
    for strange in ("", "w", "wx", f"x{WHALE}", "g1", "l" * 65, "referral"):
        assert await read_link(services, strange) is None
