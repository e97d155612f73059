from __future__ import annotations

from pathlib import Path

from runtime.deployment.nginx import NginxPorts
from runtime.processes.overview import Row, overview, port_notes, program_address, shortened, table
from runtime.processes.programs import NGINX, Program, Provided
from runtime.settings.loading import load_settings


def test_columns_are_aligned() -> None:
    assert table(("a", "bb"), [("ccc", "d"), ("e", "")]) == "  a    bb\n  ccc  d\n  e"


def test_it_says_what_is_a_sandbox_and_what_to_open() -> None:
    provided = Provided(chain=True, telegram=True, rpc_port=8899, telegram_port=8081)
    rows = [Row(name="bot", pid=7, state="started", where="answers the chat")]
    text = "\n".join(overview(rows, provided, ".data/log", lambda strong: f"**{strong.strip()}**"))
    assert "bot      7    started  answers the chat" in text
    assert "RPC_URLS is not set" in text
    assert "BOT_TOKEN is not set" in text
    assert "**Open http://127.0.0.1:8081 to chat**" in text


def test_what_else_is_to_be_known_stands_below_the_table() -> None:
    text = "\n".join(
        overview([], Provided(), ".data/log", lambda strong: f"**{strong.strip()}**", ["scanner: no node"])
    )
    assert "**⚠️ scanner: no node**" in text


def test_a_port_that_was_taken_is_said_with_the_one_in_its_stead() -> None:
    settings = load_settings({"SANDBOX_TELEGRAM_PORT": "8081", "SANDBOX_RPC_PORT": "8899"})
    moved = Provided(telegram=True, rpc_port=8899, telegram_port=43483)
    assert port_notes(settings, moved) == ["Port 8081 is taken: the chat page uses 43483"]
    assert port_notes(settings, Provided(chain=True, rpc_port=46855, telegram_port=8081)) == [
        "Port 8899 is taken: the sandbox chain uses 46855"
    ]
    assert port_notes(settings, Provided()) == []
    behind = Provided(nginx=NginxPorts(nginx=5000, webhooks=(2, 3), monitors=(4, 5)))
    assert port_notes(settings, behind) == ["Port 8080 is taken: nginx uses 5000"]


def test_the_real_thing_has_nothing_to_open() -> None:
    text = "\n".join(overview([], Provided(), ".data/log", str))
    assert "sandbox" not in text
    assert "Open" not in text


def test_metrics_are_shown_where_they_are_served() -> None:
    program = Program(name="bot", arguments=(), work="answers")
    assert program_address(program, load_settings({}), 1) == "answers"
    assert program_address(program, load_settings({"METRICS_PORT": "9100"}), 1).endswith(
        "127.0.0.1:9101/metrics"
    )


def test_a_path_is_shown_from_where_we_are() -> None:
    assert shortened(Path.cwd() / ".data") == ".data"
    assert shortened(Path("/elsewhere")) == "/elsewhere"


def test_several_bots_and_their_nginx_are_shown_with_their_addresses() -> None:
    ports = NginxPorts(nginx=8080, webhooks=(2, 3), monitors=(4, 5))
    bot = Program(name="bot-2", arguments=(), work="answers", replica=1)
    assert program_address(bot, load_settings({}), 1, ports) == "answers, http://127.0.0.1:5/metrics"
    assert program_address(NGINX, load_settings({}), 9, ports).endswith("http://127.0.0.1:8080")
