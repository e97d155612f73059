"""Several members silence a wallet."""

import pytest

from domain.chats import ChatTarget
from services.acts.crowd import NEEDED, CalledNoise, call_noise
from services.services import Services
from tests.bot.conftest import WHALE

pytestmark = pytest.mark.services


async def test_only_different_members_count_and_then_anew(services: Services, target: ChatTarget) -> None:
    await services.chats.open(target)
    await services.watches.follow(target, WHALE, "Moby", by=1)
    (watch,) = await services.watches.of(target)
    assert await call_noise(services, watch, by=1) == CalledNoise(callers=1)
    assert await call_noise(services, watch, by=1) == CalledNoise(callers=1)
    assert await call_noise(services, watch, by=2) == CalledNoise(callers=2)
    assert (await call_noise(services, watch, by=3)).until is not None
    assert (await call_noise(services, watch, by=3)).callers == 1 < NEEDED
