"""The one-shot of docker-compose.scale.yml: what it makes up, keeps, and gives to whom."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from runtime.deployment.compose_setup import EXAMPLES_FILE, PROGRAMS, set_up
from runtime.settings.loading import (
    REQUIRED_SETTINGS,
    load_settings,
    read_environment,
    require_settings,
    unset_settings,
)
from runtime.settings.parsing import SettingsError
from runtime.settings.sealing_keys import key_bytes
from runtime.settings.settings import SANDBOX_BOT_TOKEN, SANDBOX_OPERATOR, Settings

REAL = {"BOT_TOKEN": "123456789:" + "A" * 35, "RPC_URLS": "https://node.example.org/?api-key=k"}
SECRETS = (
    "bot_token",
    "rpc_urls",
    "webhook_secret",
    "secrets_key",
    "database_url",
    "database_read_url",
    "redis_url",
    "cache_url",
)


def contents(volumes: Path) -> Mapping[str, str]:
    files = [path for path in volumes.rglob("*") if path.is_file()]
    return {str(path.relative_to(volumes)): path.read_text() for path in files}


def settings_of_programs(volumes: Path) -> Settings:
    """Return what a program reads in its container; the file's paths are those of this machine here."""
    folder = volumes / "programs"
    file = folder / "settings.env"
    here = file.parent / "here.env"
    here.write_text(file.read_text().replace("/run/secrets", str(folder)))
    environ = {"SETTINGS_FILE": str(here)}
    environ |= {f"{name.upper()}_FILE": str(folder / name) for name in SECRETS}
    return load_settings(read_environment(environ=environ))


def test_without_a_token_and_a_node_it_says_what_to_set_and_gives_nobody_anything(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        set_up(unset_settings(), tmp_path)
    assert [mistake.name for mistake in caught.value.mistakes] == ["BOT_TOKEN", "RPC_URLS"]
    assert "COMPOSE_PROFILES=sandbox" in str(caught.value)
    assert not (tmp_path / "programs").exists()


def test_the_real_thing_can_be_read_by_every_program(tmp_path: Path) -> None:
    set_up(unset_settings() | REAL, tmp_path)
    settings = settings_of_programs(tmp_path)
    for program in REQUIRED_SETTINGS:
        require_settings(settings, program)
    assert settings.bot_token.reveal() == REAL["BOT_TOKEN"]
    assert settings.webhook_url == ""  # so the bots share the inbox, and one of them fetches
    assert settings.database_read_url != settings.database_url
    assert settings.cache_url != settings.redis_url
    assert [len(key_bytes(key)) for key in settings.secrets_key] == [32]


def test_who_sets_a_client_secret_can_sign_in_with_telegram(tmp_path: Path) -> None:
    set_up(unset_settings() | REAL | {"OPENID_CLIENT_SECRET": "s" * 32}, tmp_path)
    assert settings_of_programs(tmp_path).openid_client_secret.reveal() == "s" * 32


def test_a_key_of_the_operators_own_goes_before_the_one_that_was_made_up(tmp_path: Path) -> None:
    key = "A" * 43 + "="
    set_up(unset_settings() | REAL | {"SECRETS_KEY": f"{key},{'ab' * 32}"}, tmp_path)
    assert [one.reveal() for one in settings_of_programs(tmp_path).secrets_key] == [key, "ab" * 32]


def test_what_was_made_up_stays_and_no_two_passwords_are_the_same(tmp_path: Path) -> None:
    set_up(unset_settings() | REAL, tmp_path)
    first = contents(tmp_path)
    set_up(unset_settings() | REAL, tmp_path)
    assert contents(tmp_path) == first
    made_up = [text for name, text in first.items() if name.startswith("kept/")]
    assert len(set(made_up)) == len(made_up) == 7
    assert min(map(len, made_up)) >= 32


def test_each_container_gets_its_own_secrets_and_no_other(tmp_path: Path) -> None:
    set_up(unset_settings() | REAL | {"WEBHOOK_URL": "https://bot.example.org/hook"}, tmp_path)
    files = contents(tmp_path)
    kept = {name.removeprefix("kept/"): text for name, text in files.items() if name.startswith("kept/")}
    of = {
        name: "".join(text for file, text in files.items() if file.startswith(f"{name}/"))
        for name in ("programs", "postgres", "redis", "nginx", "pgbouncer", "grafana")
    }
    seen = {name: {secret for secret, text in kept.items() if text in texts} for name, texts in of.items()}
    assert seen == {
        "programs": {"database", "redis", "secrets_key", "webhook"},
        "postgres": {"admin", "database", "replication"},
        "redis": {"redis"},
        "nginx": {"webhook"},
        "pgbouncer": {"database"},
        "grafana": {"grafana"},
    }


def test_only_the_user_of_its_container_may_read_a_file(tmp_path: Path) -> None:
    set_up(unset_settings() | REAL, tmp_path)
    modes = {path: path.stat().st_mode & 0o777 for path in tmp_path.rglob("*") if path.is_file()}
    readable = {path.name for path, mode in modes.items() if mode & 0o077}
    assert readable == {"fullchain.pem"}  # a certificate is shown to everybody
    if os.geteuid() == 0:
        assert (tmp_path / "programs" / "bot_token").stat().st_uid == PROGRAMS


def test_the_sandbox_stands_in_for_what_is_missing_only(tmp_path: Path) -> None:
    (tmp_path / "sandbox").mkdir()
    (tmp_path / "sandbox" / EXAMPLES_FILE).write_text(f"Blue Whale={'1' * 32}")
    set_up(unset_settings() | {"COMPOSE_PROFILES": "prometheus,sandbox"}, tmp_path)
    settings = settings_of_programs(tmp_path)
    assert settings.bot_token == SANDBOX_BOT_TOKEN
    assert settings.telegram_api_url == "http://sandbox:8081"
    assert settings.webhook_url == "https://nginx:8443/telegram"
    assert settings.admin_ids == {SANDBOX_OPERATOR}
    assert settings.example_wallets.startswith("Blue Whale=")
    assert [url.reveal() for url in (*settings.rpc_urls, *settings.ws_urls)] == [
        "http://sandbox:8899",
        "ws://sandbox:8900",
    ]
    half = tmp_path / "half"
    half.mkdir()
    node = {"COMPOSE_PROFILES": "sandbox", "RPC_URLS": REAL["RPC_URLS"]}
    set_up(unset_settings() | node, half)
    assert [url.reveal() for url in settings_of_programs(half).rpc_urls] == [REAL["RPC_URLS"]]
    assert settings_of_programs(half).chain == "solana"


def test_with_a_pooler_programs_go_through_it_and_migrations_do_not(tmp_path: Path) -> None:
    set_up(unset_settings() | REAL | {"COMPOSE_PROFILES": "pgbouncer"}, tmp_path)
    files = contents(tmp_path)
    assert "@pgbouncer:6432/" in files["programs/database_url"]
    assert "@postgres:5432/" in files["programs/database_direct_url"]
    assert "@postgres-replica:5432/" in files["programs/database_read_url"]


def test_a_certificate_that_is_there_is_kept(tmp_path: Path) -> None:
    folder = tmp_path / "certificates"
    folder.mkdir()
    for name in ("fullchain.pem", "privkey.pem"):
        (folder / name).write_text("of the operator")
    set_up(unset_settings() | REAL, tmp_path)
    assert (folder / "fullchain.pem").read_text() == "of the operator"
