"""The command line of the sandbox: what it serves follows from the settings and its words."""

import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from domain.rules.lanes import FREE, parse_hourly_limits
from domain.rules.rules import DEFAULT_BUSY_ABOVE
from runtime.settings.loading import load_settings, unset_settings
from runtime.settings.parsing import SettingsError
from sandbox.__main__ import _config
from sandbox.actors.residents.population import population_of
from sandbox.actors.residents.schedule import schedule_of


def test_recorded_data_is_named_by_the_word_or_by_the_setting(tmp_path: Path) -> None:
    by_setting = load_settings({"SANDBOX_REPLAY": str(tmp_path)})
    assert _config(by_setting, None).replay == tmp_path
    assert _config(by_setting, Path("other")).replay == Path("other")
    assert _config(load_settings({}), None).replay is None


def test_each_start_is_another_run_and_conversations_are_kept_in_the_data_folder(tmp_path: Path) -> None:
    settings = load_settings({"DATA_DIR": str(tmp_path), "SANDBOX_SLOT_SECONDS": "0.01"})
    first = _config(settings, None)
    time.sleep(0.03)
    second = _config(settings, None)
    assert 0 < first.run < second.run
    assert first.seed == second.seed
    assert first.archive == tmp_path / "sandbox-chats.json"


def test_whales_are_quick_for_some_minutes_and_not_one_is_a_busy_wallet_in_its_hour() -> None:
    config = _config(load_settings({}), None)
    assert config.simulation is not None
    population = population_of(replace(config.simulation, retail=0))
    schedule, whales = schedule_of(population), {id(actor) for actor in population.whales.values()}
    hour = round(3_600 / config.slot_seconds)
    acts = [(slot, id(actor)) for slot in range(hour) for actor in schedule.due(slot) if id(actor) in whales]
    quick = Counter(whale for slot, whale in acts if slot < hour / 20)
    assert min(quick.values()) >= 12
    room = 0.7 * DEFAULT_BUSY_ABOVE  # the rest is what a whale gets from others
    assert max(Counter(whale for _, whale in acts).values()) < room
    assert len(acts) < 0.85 * parse_hourly_limits(load_settings({}).hourly_limits)[FREE]
    never = _config(load_settings({"SANDBOX_QUICK_MINUTES": "100000"}), None).simulation
    assert never is not None
    assert never.timing.slows_after > 24 * hour


def test_a_folder_that_is_not_there_is_a_mistake_in_the_settings() -> None:
    with pytest.raises(SettingsError, match="SANDBOX_REPLAY is no folder"):
        load_settings({"SANDBOX_REPLAY": "/nowhere/at/all"})


def test_with_everything_unset_no_file_of_the_operator_counts() -> None:
    cleared = unset_settings()
    assert cleared["DATABASE_URL_FILE"] == ""
    assert load_settings({"DATABASE_URL_FILE": "/run/secrets/dsn"} | cleared) == load_settings({})
