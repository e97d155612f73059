"""Commands beside a running system get what it provides."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from runtime.deployment.compose_setup import EXAMPLES_FILE
from runtime.deployment.nginx import NginxPorts
from runtime.processes.programs import (
    FILE,
    WHOLE_SYSTEM,
    Program,
    Provided,
    environment,
    environment_of,
    provided,
    remove_provided,
    run_sidecar,
    system_for,
    write_provided,
)
from runtime.settings.loading import load_settings, require_settings
from runtime.settings.settings import SANDBOX_BOT_TOKEN, SANDBOX_OPENID_SECRET, SANDBOX_OPERATOR

_EVERYTHING = Provided(
    database_url="postgresql://whale:pw1@127.0.0.1:1/whale",
    redis_url="redis://:pw2@127.0.0.1:2/0",
    chain=True,
    telegram=True,
    rpc_port=8899,
    telegram_port=8081,
)
SET = {"ADMIN_IDS": "5", "WEBHOOK_ALLOW_NETWORKS": "10.1.0.0/16"}
"""What the sandbox would set otherwise."""


def test_programs_get_what_the_machine_provides() -> None:
    given = environment(_EVERYTHING)
    assert given == {
        "PYTHONUNBUFFERED": "1",
        "DATABASE_URL": _EVERYTHING.database_url,
        "REDIS_URL": _EVERYTHING.redis_url,
        "SANDBOX_RPC_PORT": "8899",
        "SANDBOX_TELEGRAM_PORT": "8081",
        "CHAIN": "sandbox",
        "RPC_URLS": "http://127.0.0.1:8899",
        "WS_URLS": "ws://127.0.0.1:8900",
        "BOT_TOKEN": SANDBOX_BOT_TOKEN.reveal(),
        "TELEGRAM_API_URL": "http://127.0.0.1:8081",
        "OPENID_ISSUER": "http://127.0.0.1:8081",
        "OPENID_CLIENT_SECRET": SANDBOX_OPENID_SECRET.reveal(),
    }


def test_what_it_gives_can_be_read_as_settings() -> None:
    for program in WHOLE_SYSTEM.programs:
        settings = load_settings(environment(_EVERYTHING))
        require_settings(settings, program.name)


def test_nothing_is_provided_where_the_operator_has_set_it() -> None:
    assert environment(Provided()) == {"PYTHONUNBUFFERED": "1"}
    given = environment(Provided(chain=True, rpc_port=1000, telegram_port=2000))
    assert "BOT_TOKEN" not in given
    assert "TELEGRAM_API_URL" not in given
    assert given["CHAIN"] == "sandbox"


def test_each_program_has_a_name_and_a_port_of_its_own() -> None:
    program = Program(name="bot", arguments=("-m", "bot"))
    settings = load_settings(SET)
    assert environment_of(program, {}, settings, 3) == {"INSTANCE_ID": "bot-1", "METRICS_PORT": "0"}
    settings = load_settings({**SET, "METRICS_PORT": "9100"})
    assert environment_of(program, {"A": "b"}, settings, 3) == {
        "A": "b",
        "INSTANCE_ID": "bot-1",
        "METRICS_PORT": "9103",
    }


def test_the_bot_offers_the_sandboxs_whales_unless_the_operator_named_others() -> None:
    bot = next(program for program in WHOLE_SYSTEM.programs if program.name == "bot")
    assert environment_of(bot, {}, load_settings({}), 0)["EXAMPLE_WALLETS_FILE"].endswith(EXAMPLES_FILE)
    named = load_settings({"EXAMPLE_WALLETS": f"System={'1' * 32}"})
    assert "EXAMPLE_WALLETS_FILE" not in environment_of(bot, {}, named, 0)


def test_webhooks_of_the_sandbox_may_go_to_receivers_on_this_machine_and_no_others() -> None:
    program = Program(name="notifications", arguments=("-m", "workers", "notifications"))

    def allowed(**settings: str) -> str | None:
        return environment_of(program, {}, load_settings(settings), 0).get("WEBHOOK_ALLOW_NETWORKS")

    assert allowed() == "127.0.0.1/32"
    assert allowed(BOT_TOKEN="123456789:" + "A" * 35) is None
    assert allowed(WEBHOOK_ALLOW_NETWORKS="10.1.0.0/16") is None, "the operator's own is in the environment"


def test_in_the_sandboxs_telegram_its_first_person_is_the_operator() -> None:
    program = Program(name="bot", arguments=("-m", "bot"))
    assert environment_of(program, {}, load_settings({}), 0)["ADMIN_IDS"] == str(SANDBOX_OPERATOR)
    real = load_settings({"BOT_TOKEN": "123456789:" + "A" * 35})
    assert "ADMIN_IDS" not in environment_of(program, {}, real, 0)


def test_passwords_of_embedded_servers_are_known_as_secrets() -> None:
    assert _EVERYTHING.secrets() == ("pw1", "pw2")
    assert Provided().secrets() == ()


def test_one_bot_is_one_program_and_several_are_put_behind_nginx() -> None:
    assert system_for(load_settings({})) is WHOLE_SYSTEM
    names = [program.name for program in system_for(load_settings({"BOTS": "3"})).programs]
    assert names[:3] == ["bot-1", "bot-2", "bot-3"]
    assert "bot" not in names
    assert names[-1] == "nginx"


def test_each_of_several_bots_has_ports_of_its_own_and_nginx_knows_them() -> None:
    settings = load_settings({"BOTS": "2"})
    ports = NginxPorts(nginx=1, webhooks=(2, 3), monitors=(4, 5), webhook_secret="m" * 32)
    provided = Provided(telegram=True, telegram_port=9, rpc_port=7, nginx=ports)
    shared = environment(provided)
    first, second, *_, nginx = (
        environment_of(program, shared, settings, index, ports)
        for index, program in enumerate(system_for(settings).programs)
    )
    assert [(one["INSTANCE_ID"], one["PORT"], one["METRICS_PORT"]) for one in (first, second)] == [
        ("bot-1", "2", "4"),
        ("bot-2", "3", "5"),
    ]
    assert (nginx["PORT"], nginx["NGINX_BOTS"]) == ("1", "127.0.0.1:2,127.0.0.1:3")
    assert provided.secrets() == ("m" * 32,)


def test_what_is_noted_is_read_by_its_owner_alone_and_forgotten(tmp_path: Path) -> None:
    write_provided(tmp_path, {"DATABASE_URL": "postgresql://one"})
    write_provided(tmp_path, {"DATABASE_URL": "postgresql://two"})
    assert provided(tmp_path) == {"DATABASE_URL": "postgresql://two"}
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    remove_provided(tmp_path)
    remove_provided(tmp_path)
    assert provided(tmp_path) == {}


@pytest.mark.parametrize("content", ["", "{", "[]", "7"])
def test_a_file_that_is_none_provides_nothing(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE).write_text(content, encoding="utf-8")
    assert provided(tmp_path) == {}


def test_a_command_runs_with_it_and_its_exit_code_is_passed_on(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    module = "import os, sys; print(os.environ['REDIS_URL'], *sys.argv[1:]); sys.exit(7)"
    (tmp_path / "spoken.py").write_text(module, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    write_provided(tmp_path, {"REDIS_URL": "redis://here"})
    assert sys.executable
    assert run_sidecar(tmp_path, ["spoken", "a word"]) == 7
    assert capfd.readouterr().out == "redis://here a word\n"
