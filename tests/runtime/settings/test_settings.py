from __future__ import annotations

from pathlib import Path

from runtime.settings.loading import load_settings
from runtime.settings.settings import SANDBOX_BOT_TOKEN

_TOKEN = "123456789:AAF0123456789abcdefghijklmnopqrstuv"


def test_no_secret_is_shown() -> None:
    settings = load_settings(
        {
            "BOT_TOKEN": _TOKEN,
            "RPC_URLS": "https://a.example.org/?api-key=hush1,https://u:hush2@b.example.org",
            "DATABASE_URL": "postgresql://whale:hush3@db/x",
            "REDIS_URL": "redis://:hush4@r/0",
            "WEBHOOK_SECRET": "hush5hush5hush5hush5",
        }
    )
    text = f"{settings} {settings!r} {settings.describe()}"
    assert "hush" not in text
    assert "AAF0" not in text
    assert "a.example.org" in dict(settings.describe())["RPC_URLS"]
    assert len(settings.secrets()) == 8


def test_the_sandbox_token_is_well_formed() -> None:
    assert not load_settings({"BOT_TOKEN": SANDBOX_BOT_TOKEN.reveal()}).sandbox_telegram


def test_with_nothing_set_both_sides_are_the_sandbox() -> None:
    settings = load_settings({})
    assert settings.sandbox_telegram
    assert settings.sandbox_chain
    assert settings.telegram_rate == 27
    assert settings.commitment == "confirmed"
    assert settings.data_dir == Path(".data")
