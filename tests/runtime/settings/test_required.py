from __future__ import annotations

import pytest

from runtime.settings.loading import load_settings
from runtime.settings.mistakes import SettingsError
from runtime.settings.required import require_settings


def test_each_program_says_what_it_needs() -> None:
    settings = load_settings({"DATABASE_URL": "postgresql://a@b/c", "REDIS_URL": "redis://b"})
    require_settings(settings, "dispatcher")
    with pytest.raises(SettingsError) as error:
        require_settings(settings, "security-scan")
    assert {mistake.name for mistake in error.value.mistakes} == {"BOT_TOKEN", "RPC_URLS"}
