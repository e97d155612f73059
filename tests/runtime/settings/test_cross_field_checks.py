from __future__ import annotations

import pytest

from runtime.settings.loading import load_settings
from runtime.settings.mistakes import SettingsError


def _mistakes(environ: dict[str, str]) -> dict[str, str]:
    with pytest.raises(SettingsError) as error:
        load_settings(environ)
    return {mistake.name: mistake.what for mistake in error.value.mistakes}


def test_settings_that_contradict_each_other_are_reported() -> None:
    assert "WEBHOOK_SECRET" in _mistakes({"WEBHOOK_URL": "https://bot.example.org/"})
    assert "WS_URLS" in _mistakes({"WS_URLS": "wss://a.example.org"})
    assert "RECONCILE" in _mistakes({"RECONCILE": "signatures", "SCANNER_SOURCE": "blocks"})
    for stage in ("collect", "process"):
        assert "SCANNER_MODE" in _mistakes({"SCANNER_STAGE": stage, "SCANNER_MODE": "sharded"})
        assert "RECONCILE" in _mistakes({"SCANNER_STAGE": stage, "RECONCILE": "signatures"})
        assert "COMMITMENT" in _mistakes({"SCANNER_STAGE": stage, "COMMITMENT": "processed"})
    assert "DB_POOL_MIN" in _mistakes({"DB_POOL_MIN": "5", "DB_POOL_MAX": "4"})


@pytest.mark.parametrize("mode", ["active-active", "sharded", "leader"])
def test_every_mode_of_sharing_the_work_is_accepted(mode: str) -> None:
    assert load_settings({"SCANNER_MODE": mode}).scanner_mode == mode


@pytest.mark.parametrize("stage", ["whole", "collect", "process"])
@pytest.mark.parametrize("mode", ["active-active", "leader"])
def test_every_stage_goes_with_modes_in_which_a_scanner_reads_for_all_wallets(stage: str, mode: str) -> None:
    assert load_settings({"SCANNER_STAGE": stage, "SCANNER_MODE": mode}).scanner_stage == stage
