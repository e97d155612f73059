"""The link by which an admin confirms."""

import pytest

from runtime import clock
from services.acts.groups import CONFIRM_SECONDS, GroupLink, read_parameter, start_parameter
from services.services import Services

pytestmark = pytest.mark.services


async def test_a_link_names_its_group_for_five_minutes(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    parameter = start_parameter(services, -1_001_234_567_890)
    assert len(parameter) <= 64
    assert read_parameter(services, parameter) == GroupLink(chat_id=-1_001_234_567_890, is_fresh=True)
    later = clock.unix() + CONFIRM_SECONDS + 1
    monkeypatch.setattr(clock, "unix", lambda: later)
    assert read_parameter(services, parameter) == GroupLink(chat_id=-1_001_234_567_890, is_fresh=False)
    assert read_parameter(services, parameter[:-1] + "!") is None
    assert read_parameter(services, "") is None
    assert read_parameter(services, services.callbacks.seal("x1_2_")) is None
