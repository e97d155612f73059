from __future__ import annotations

from pathlib import Path

import pytest

from runtime.settings.loading import load_settings, setting_names, unknown_settings
from runtime.settings.mistakes import SettingsError
from runtime.settings.secret import Secret

_TOKEN = "123456789:AAF0123456789abcdefghijklmnopqrstuv"


def _mistakes(environ: dict[str, str]) -> dict[str, str]:
    with pytest.raises(SettingsError) as error:
        load_settings(environ)
    return {mistake.name: mistake.what for mistake in error.value.mistakes}


def test_an_empty_setting_is_unset() -> None:
    assert load_settings({"BOT_TOKEN": " ", "PORT": ""}) == load_settings(
        {"INSTANCE_ID": load_settings({}).instance_id}
    )


def test_it_reads_what_is_set() -> None:
    settings = load_settings(
        {
            "BOT_TOKEN": _TOKEN,
            "RPC_URLS": "https://a.example.org,https://b.example.org",
            "ADMIN_IDS": "1, 2",
            "PORT": "81",
        }
    )
    assert settings.bot_token == Secret(_TOKEN)
    assert len(settings.rpc_urls) == 2
    assert settings.admin_ids == {1, 2}
    assert settings.port == 81
    assert not settings.sandbox_telegram
    assert not settings.sandbox_chain


def test_all_mistakes_are_reported_at_once() -> None:
    wrong = {"BOT_TOKEN": "x", "PORT": "x", "DATABASE_URL": "x", "LOG_LEVEL": "x", "TELEGRAM_RATE": "x"}
    assert set(_mistakes(wrong)) == set(wrong)


def test_a_mistake_does_not_repeat_the_secret() -> None:
    with pytest.raises(SettingsError) as error:
        load_settings(
            {"BOT_TOKEN": "hush1", "DATABASE_URL": "hush2", "RPC_URLS": "hush3", "WEBHOOK_SECRET": "hush4"}
        )
    assert "hush" not in str(error.value)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("RPC_URL", "RPC_URLS"),
        ("TELEGRAM_TOKEN", "BOT_TOKEN"),
        ("ADMIN_ID", "ADMIN_IDS"),
        ("SANDBOX_SEEDS", "SANDBOX_SEED"),
        ("WEBHOOK_URLS", "WEBHOOK_URL"),
    ],
)
def test_a_typo_in_a_name_is_pointed_out(name: str, meant: str) -> None:
    assert _mistakes({name: "value"}) == {name: f"is no setting. Did you mean {meant}?"}


@pytest.mark.parametrize(
    "name", ["HOME", "REDIS_HOST", "DB_PORT", "LOG_DIR", "PORTS", "SUPPORT", "DATABASE_NAME"]
)
def test_names_of_other_programs_are_left_alone(name: str) -> None:
    load_settings({name: "value"})


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{_TOKEN}\n")
    assert load_settings({"BOT_TOKEN_FILE": str(tmp_path / "token")}).bot_token == Secret(_TOKEN)


def test_addresses_may_stand_in_a_file_too(tmp_path: Path) -> None:
    (tmp_path / "urls").write_text("https://a.example.org/?api-key=1\n")
    assert load_settings({"RPC_URLS_FILE": str(tmp_path / "urls")}).rpc_urls


def test_trouble_with_the_file_of_a_secret_is_reported(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    assert "no such file" in _mistakes({"BOT_TOKEN_FILE": str(tmp_path / "none")})["BOT_TOKEN"]
    assert "is empty" in _mistakes({"BOT_TOKEN_FILE": str(tmp_path / "empty")})["BOT_TOKEN"]
    assert "not text" in _mistakes({"BOT_TOKEN_FILE": str(tmp_path / "binary")})["BOT_TOKEN"]
    assert "twice" in _mistakes({"BOT_TOKEN": _TOKEN, "BOT_TOKEN_FILE": str(tmp_path / "empty")})["BOT_TOKEN"]


def test_a_character_from_a_word_processor_is_reported() -> None:
    assert "ASCII" in _mistakes({"RPC_URLS": "https://a.example.org\u200b"})["RPC_URLS"]


def test_unset_urls_follow_the_main_ones() -> None:
    settings = load_settings({"DATABASE_URL": "postgresql://a@b/c", "REDIS_URL": "redis://b"})
    assert settings.database_read_url == settings.database_url
    assert settings.cache_url == settings.redis_url


def test_names_are_in_capitals_and_stand_once() -> None:
    assert len(set(setting_names())) == len(setting_names())
    assert all(name.isupper() for name in setting_names())


def test_example_wallets_are_names_and_addresses_perhaps_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "examples"
    file.write_text(f"Ähab={'1' * 32}", encoding="utf-8")
    assert load_settings({"EXAMPLE_WALLETS_FILE": str(file)}).example_wallets == f"Ähab={'1' * 32}"
    with pytest.raises(SettingsError, match="EXAMPLE_WALLETS must be names and addresses"):
        load_settings({"EXAMPLE_WALLETS": "Ahab=nonsense"})


def test_a_name_in_the_file_that_is_no_setting_is_named(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("PORT=81\nBOT_TOKEN_FILE=/x\nCOMPOSE_PROJECT_NAME=w\nBOGUS_SETTING=1\n")
    assert unknown_settings(file) == [
        f"BOGUS_SETTING in {file} is no setting, so it does nothing; see .env.example"
    ]
    assert unknown_settings(tmp_path / "absent") == []
