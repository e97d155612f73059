"""Every program that serves people gets the same services from the same settings."""

import pytest

from domain.access import Standing
from runtime.settings.settings import Settings
from services.connections import open_connections
from services.services import Services
from services.wiring import TelegramCalls, make_services

pytestmark = pytest.mark.services


async def test_the_services_are_complete_and_follow_the_settings(settings: Settings) -> None:
    async def nothing() -> bool:
        return False

    async def nobody(_: int, __: int) -> Standing:
        return Standing.NONE

    async def no_file(_: str) -> bytes:
        return b""

    calls = TelegramCalls(is_there=nothing, is_paused=nothing, standing=nobody, read_file=no_file)
    async with open_connections(settings) as connections:
        services = make_services(settings, connections, calls, (("Moby", "address"),))
    assert isinstance(services, Services)
    assert services.operators == settings.admin_ids
    assert services.web_address == f"http://127.0.0.1:{settings.web_port}"
    assert services.examples == (("Moby", "address"),)
