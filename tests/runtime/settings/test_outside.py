"""Settings of Telegram and the chain are settings like all others."""

from dataclasses import fields

from runtime.settings.loading import load_settings, setting_names
from runtime.settings.outside import OutsideSettings


def test_they_come_first_and_have_a_sentence_each() -> None:
    names = tuple(spec.name.upper() for spec in fields(OutsideSettings))
    assert setting_names()[: len(names)] == names
    assert all(spec.metadata["sentence"].endswith(".") for spec in fields(OutsideSettings))


def test_they_are_read_with_the_others() -> None:
    settings = load_settings({"TELEGRAM_RATE": "12", "PORT": "8081"})
    assert (settings.telegram_rate, settings.port) == (12.0, 8081)
