from __future__ import annotations

from pathlib import Path

import pytest

from runtime.settings.secret import Secret
from runtime.settings.settings import SANDBOX_BOT_TOKEN, SettingsError, load_settings, names

_TOKEN = "123456789:AAF0123456789abcdefghijklmnopqrstuv"


def _mistakes(environ: dict[str, str]) -> dict[str, str]:
    with pytest.raises(SettingsError) as caught:
        load_settings(environ)
    return {mistake.name: mistake.what for mistake in caught.value.mistakes}


def test_with_nothing_set_both_sides_are_the_sandbox() -> None:
    settings = load_settings({})
    assert settings.sandbox_telegram
    assert settings.sandbox_chain
    assert settings.telegram_rate == 27
    assert settings.commitment == "confirmed"
    assert settings.data_dir == Path(".data")


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


def test_all_mistakes_are_told_at_once() -> None:
    wrong = {"BOT_TOKEN": "x", "PORT": "x", "DATABASE_URL": "x", "LOG_LEVEL": "x", "TELEGRAM_RATE": "x"}
    assert set(_mistakes(wrong)) == set(wrong)


def test_a_mistake_does_not_repeat_the_secret() -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(
            {"BOT_TOKEN": "hush1", "DATABASE_URL": "hush2", "RPC_URLS": "hush3", "WEBHOOK_SECRET": "hush4"}
        )
    assert "hush" not in str(caught.value)


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
def test_a_slip_in_a_name_is_pointed_out(name: str, meant: str) -> None:
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


def test_trouble_with_the_file_of_a_secret_is_told(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    assert "no such file" in _mistakes({"BOT_TOKEN_FILE": str(tmp_path / "none")})["BOT_TOKEN"]
    assert "is empty" in _mistakes({"BOT_TOKEN_FILE": str(tmp_path / "empty")})["BOT_TOKEN"]
    assert "not text" in _mistakes({"BOT_TOKEN_FILE": str(tmp_path / "binary")})["BOT_TOKEN"]
    assert "twice" in _mistakes({"BOT_TOKEN": _TOKEN, "BOT_TOKEN_FILE": str(tmp_path / "empty")})["BOT_TOKEN"]


def test_settings_that_contradict_each_other_are_told() -> None:
    assert "WEBHOOK_SECRET" in _mistakes({"WEBHOOK_URL": "https://bot.example.org/"})
    assert "WS_URLS" in _mistakes({"WS_URLS": "wss://a.example.org"})
    assert "RECONCILE" in _mistakes({"RECONCILE": "signatures", "SCANNER_SOURCE": "blocks"})
    for stage in ("collect", "process"):
        assert "SCANNER_MODE" in _mistakes({"SCANNER_STAGE": stage, "SCANNER_MODE": "sharded"})
        assert "RECONCILE" in _mistakes({"SCANNER_STAGE": stage, "RECONCILE": "signatures"})
        assert "COMMITMENT" in _mistakes({"SCANNER_STAGE": stage, "COMMITMENT": "processed"})
    assert "DB_POOL_MIN" in _mistakes({"DB_POOL_MIN": "5", "DB_POOL_MAX": "4"})


@pytest.mark.parametrize("mode", ["active-active", "sharded", "leader"])
def test_every_way_of_sharing_the_work_is_taken(mode: str) -> None:
    assert load_settings({"SCANNER_MODE": mode}).scanner_mode == mode


@pytest.mark.parametrize("stage", ["whole", "collect", "process"])
@pytest.mark.parametrize("mode", ["active-active", "leader"])
def test_every_stage_goes_with_modes_in_which_a_scanner_reads_for_all_wallets(stage: str, mode: str) -> None:
    assert load_settings({"SCANNER_STAGE": stage, "SCANNER_MODE": mode}).scanner_stage == stage


def test_a_character_from_a_word_processor_is_told() -> None:
    assert "ASCII" in _mistakes({"RPC_URLS": "https://a.example.org\u200b"})["RPC_URLS"]


def test_unset_urls_follow_the_main_ones() -> None:
    settings = load_settings({"DATABASE_URL": "postgresql://a@b/c", "REDIS_URL": "redis://b"})
    assert settings.database_read_url == settings.database_url
    assert settings.cache_url == settings.redis_url


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
    shown = f"{settings} {settings!r} {settings.describe()}"
    assert "hush" not in shown
    assert "AAF0" not in shown
    assert "a.example.org" in dict(settings.describe())["RPC_URLS"]
    assert len(settings.secrets()) == 8


def test_each_program_says_what_it_needs() -> None:
    settings = load_settings({"DATABASE_URL": "postgresql://a@b/c", "REDIS_URL": "redis://b"})
    settings.require_for("dispatcher")
    with pytest.raises(SettingsError) as caught:
        settings.require_for("security-scan")
    assert {mistake.name for mistake in caught.value.mistakes} == {"BOT_TOKEN", "RPC_URLS"}


def test_the_sandbox_token_is_well_formed() -> None:
    assert not load_settings({"BOT_TOKEN": SANDBOX_BOT_TOKEN.reveal()}).sandbox_telegram


def test_names_are_in_capitals_and_stand_once() -> None:
    assert len(set(names())) == len(names())
    assert all(name.isupper() for name in names())


def test_example_wallets_are_names_and_addresses_perhaps_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "examples"
    file.write_text(f"Ähab={'1' * 32}", encoding="utf-8")
    assert load_settings({"EXAMPLE_WALLETS_FILE": str(file)}).example_wallets == f"Ähab={'1' * 32}"
    with pytest.raises(SettingsError, match="EXAMPLE_WALLETS must be names and addresses"):
        load_settings({"EXAMPLE_WALLETS": "Ahab=nonsense"})
