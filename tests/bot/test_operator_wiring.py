"""What tells operators is put together."""

import pytest

from bot.connections import open_servers
from bot.operator_wiring import make_operator_alerts
from bot.wiring import make_responder
from runtime.settings.settings import Settings
from services.wiring import make_system_status

pytestmark = pytest.mark.services


async def test_nothing_is_well_before_it_was_looked_at(settings: Settings) -> None:
    async with open_servers(settings) as servers:
        responder = make_responder(settings, servers)
        status = make_system_status(settings, servers, servers.bot.get_me)
        assert not make_operator_alerts(settings, servers, responder, status).is_well
