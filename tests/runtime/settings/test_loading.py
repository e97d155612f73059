from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from runtime.settings.loading import (
    example_env,
    load_settings,
    names_written,
    read_environment,
    require_settings,
    setting_names,
    unknown_settings,
    value_of,
)
from runtime.settings.parsing import SettingsError
from runtime.settings.secret import Secret
from runtime.settings.settings import Settings

_TOKEN = "123456789:AAF0123456789abcdefghijklmnopqrstuv"
_FIELDS = {spec.name: spec for spec in fields(Settings)}


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


def test_what_is_exported_wins_over_what_is_written(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("PORT=81\nCHAIN='x1' # a fork\nSANDBOX_SEED=$PORT\n")
    environ = read_environment(file, {"PORT": "82"})
    assert environ == {"PORT": "82", "CHAIN": "x1", "SANDBOX_SEED": "$PORT"}


def test_without_the_file_only_the_environment_counts(tmp_path: Path) -> None:
    assert read_environment(tmp_path / ".env", {"A": "b"}) == {"A": "b"}


def test_lines_of_the_file_that_make_no_sense_are_reported(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("PORT=81\n=nothing\nCHAIN='unclosed\n")
    with pytest.raises(SettingsError) as error:
        read_environment(file, {})
    assert [mistake.name for mistake in error.value.mistakes] == [f"{file}, line 2,", f"{file}, line 3,"]


def test_a_file_from_another_editor_is_read(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes(b"\xef\xbb\xbfPORT=81\r\nexport CHAIN=x1\r\n")
    assert read_environment(file, {}) == {"PORT": "81", "CHAIN": "x1"}


def test_a_folder_where_the_file_should_be_is_reported(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read: is a directory"):
        read_environment(tmp_path, {})


def test_a_file_that_cannot_be_read_is_a_mistake(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes(b"A=\xff\xfe")
    with pytest.raises(SettingsError, match="cannot be read"):
        read_environment(file, {})


def test_the_names_in_the_file_are_known_and_one_that_cannot_be_read_has_none(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("PORT=81\nexport CHAIN=x1\n# BOGUS=1\n")
    assert names_written(file) == ["PORT", "CHAIN"]
    file.write_text("=nothing\n")
    assert names_written(file) == names_written(tmp_path) == []


def test_a_value_comes_from_the_environment_without_blanks_around_it() -> None:
    assert value_of(_FIELDS["port"], {"PORT": " 81 "}) == {"port": 81}


def test_an_unset_or_empty_setting_has_no_value() -> None:
    assert value_of(_FIELDS["port"], {}) == {}
    assert value_of(_FIELDS["port"], {"PORT": " "}) == {}


def test_only_secrets_and_example_wallets_are_read_from_files(tmp_path: Path) -> None:
    file = tmp_path / "value"
    file.write_text("postgresql://a@b/c\n")
    assert value_of(_FIELDS["database_url"], {"DATABASE_URL_FILE": str(file)})["database_url"]
    assert value_of(_FIELDS["chain"], {"CHAIN_FILE": str(file)}) == {}


def test_a_character_beyond_ascii_is_refused_where_a_person_cannot_mean_it() -> None:
    with pytest.raises(ValueError, match="not plain ASCII"):
        value_of(_FIELDS["chain"], {"CHAIN": "sol\u0430na"})
    assert value_of(_FIELDS["data_dir"], {"DATA_DIR": "/tmp/Ähren"}) == {"data_dir": Path("/tmp/Ähren")}


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


def test_each_program_says_what_it_needs() -> None:
    settings = load_settings({"DATABASE_URL": "postgresql://a@b/c", "REDIS_URL": "redis://b"})
    require_settings(settings, "dispatcher")
    with pytest.raises(SettingsError) as error:
        require_settings(settings, "security-scan")
    assert {mistake.name for mistake in error.value.mistakes} == {"BOT_TOKEN", "RPC_URLS"}


def test_each_setting_is_commented_out_under_its_sentence() -> None:
    lines = example_env().splitlines()
    for spec in fields(Settings):
        assert f"# {spec.metadata['sentence']}" in lines
        assert any(line.startswith(f"#{spec.name.upper()}=") for line in lines)


def test_an_example_stands_where_there_is_one_and_else_the_default() -> None:
    text = example_env()
    assert "#ADMIN_IDS=123456,789012\n" in text
    assert "#COALESCE_SECONDS=3\n" in text
    assert "#WEBHOOK_SECRET=\n" in text


@pytest.mark.parametrize(
    ("name", "region", "instance"),
    [
        ("bot-1", "", "bot-1"),
        ("bot-1", "fra1", "fra1-bot-1"),
        ("fra1-bot-1", "fra1", "fra1-bot-1"),  # as in Kubernetes
        ("fra11-bot-1", "fra1", "fra1-fra11-bot-1"),
    ],
)
def test_the_region_stands_before_the_name_of_an_instance(name: str, region: str, instance: str) -> None:
    assert load_settings({"INSTANCE_ID": name, "REGION": region}).instance_id == instance


def test_a_process_without_a_name_has_one_in_its_region() -> None:
    assert load_settings({"REGION": "fra1"}).instance_id.startswith("fra1-")
